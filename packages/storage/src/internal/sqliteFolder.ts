// What lies where in a data folder.
import { DateTime, Effect } from "effect"
import { access, constants, mkdir } from "node:fs/promises"
import { join } from "node:path"
import { CannotConnect, DatabaseAbsent, DataFolderNotWritable } from "../StartFailure.ts"
import { sweep } from "./partialName.ts"

/** The database of a data folder. */
export const databaseIn = (dataDir: string): string => join(dataDir, "messenger.db")

/** What a server locks to have the folder alone. */
export const lockIn = (dataDir: string): string => join(dataDir, "messenger.lock")

/** Where copies go that nobody named: `messenger-<kind>-<UTC time>.db`, so that they are in order. */
export const backupIn = (dataDir: string, kind?: string): Effect.Effect<string> =>
  Effect.map(DateTime.now, (now) => {
    const time = DateTime.formatIso(now).replace(/\.\d+/, "").replaceAll(":", "-")
    return join(backupsIn(dataDir), `messenger-${kind === undefined ? "" : `${kind}-`}${time}.db`)
  })

/** Removes what commands that were killed have left unfinished in a data folder. */
export const sweepFolder = (dataDir: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    await sweep(dataDir)
    await sweep(backupsIn(dataDir))
  })

const backupsIn = (dataDir: string): string => join(dataDir, "backups")

// Messages are nobody's business but this user's.
const folderMode = 0o700

export const makeFolder = (folder: string): Effect.Effect<void, DataFolderNotWritable> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(folder, { recursive: true, mode: folderMode })
      await access(folder, constants.W_OK | constants.X_OK)
    },
    catch: (cause) => new DataFolderNotWritable({ folder, cause })
  })

/** Fails where there is no such file: SQLite would make it. */
export const expectFile = (file: string): Effect.Effect<void, DatabaseAbsent | CannotConnect> =>
  Effect.tryPromise({
    try: () => access(file, constants.R_OK | constants.W_OK),
    catch: (cause) =>
      cause instanceof Error && "code" in cause && cause.code === "ENOENT"
        ? new DatabaseAbsent({ database: file })
        : new CannotConnect({ database: file, cause })
  })
