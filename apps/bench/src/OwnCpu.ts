// What this process takes of the processors it shares with what it measures.

/** Processor time that this process has used since its start, all threads, in seconds. */
export const ownCpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
