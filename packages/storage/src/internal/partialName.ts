// What a file is called that is not complete yet, so that whoever finds it later knows whether somebody still writes it.
import { randomUUID } from "node:crypto"
import { readdir, rm, stat } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"

/** What SQLite writes beside a database. */
export const sidecars: ReadonlyArray<string> = ["", "-wal", "-shm", "-journal"]

/** A name of its own beside `file`: it tells the machine and the process that write it. */
export const partialOf = (file: string): string => `${file}.${host}.${process.pid}.${randomUUID()}.partial`

/** Those that this process writes: another one before it may have had its number, as in a container. */
export const own = new Set<string>()

/**
 * Removes unfinished files from a folder whose process is gone. Of one on another machine, which may share the folder, that cannot be
 * known: they are removed when nobody has written them for a day.
 */
export const sweep = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const parts = pattern.exec(name)
    if (parts === null) continue
    const path = join(folder, name)
    const isStale =
      parts[1] === host
        ? Number(parts[2]) === process.pid
          ? !own.has(parts[3] ?? "")
          : !isAlive(Number(parts[2]))
        : await isOld(path)
    // What cannot be removed stays, and is in nobody's way.
    if (isStale) await rm(path, { force: true }).catch(() => undefined)
  }
}

/** What tells a partial file from all others. */
export const idOf = (partial: string): string => pattern.exec(partial)?.[3] ?? ""

const host =
  hostname()
    .replaceAll(/[^a-zA-Z0-9-]/g, "-")
    .slice(0, 64) || "here"

const pattern = /\.([a-zA-Z0-9-]{1,64})\.(\d{1,10})\.([0-9a-f-]{36})\.partial(?:-wal|-shm|-journal)?$/

const dayMillis = 86_400_000

const isOld = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > dayMillis,
    () => false
  )

// A process of another user is alive too: the system says only that it may not be signalled.
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
