// What this process writes is for whoever runs it: the database holds what everybody wrote, and a folder that was there before it may
// be open to others on the machine.

/** From now on new files are 0600 and new folders 0700; to be called once, first thing. */
export const keepFilesPrivate = (): void => void process.umask(0o077)
