// Files that are whole or are not there: written beside, flushed to the disk, and put in place in one step. Only Node has what is
// used here.
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { randomName } from "./Keys.ts"

/** Nobody writes one file for longer than this, in milliseconds. */
const writingMillis = 60_000

/** The text of the file; undefined when it is not there. */
export const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined
    throw error
  }
}

/** Puts the text in place of what the file held. On the disk when this ends, also if the power fails. */
export const replace = async (file: string, text: string): Promise<void> => {
  await place(file, text, (beside) => rename(beside, file))
  await flushFolder(dirname(file))
}

/** Removes the file, if it is there; gone from the disk when this ends. */
export const remove = async (file: string): Promise<void> => {
  await rm(file, { force: true })
  await flushFolder(dirname(file))
}

/** Writes and flushes the text beside the file, and takes that away again unless `put` has put it in place. */
export const place = async (file: string, text: string, put: (beside: string) => Promise<void>): Promise<void> => {
  const beside = join(dirname(file), `.${randomName()}`)
  try {
    const handle = await open(beside, "wx", 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await put(beside)
  } finally {
    await rm(beside, { force: true })
  }
}

/** Takes away what processes that were killed while they wrote have left in the folder; nobody was told that it is on the disk. */
export const sweep = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(".")) continue
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > writingMillis) await rm(path, { force: true })
  }
}

/** Whether an operation of the file system failed for this reason. */
export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code

// What was put in place, or taken away, is so for good once its folder is on the disk. Windows has no such thing.
const flushFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
