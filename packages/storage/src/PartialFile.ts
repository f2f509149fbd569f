// A file that gets its name when it is complete. Until then it lies beside its place as `….partial`, and only a process that was
// killed leaves one behind: the next one removes it.
import { Effect } from "effect"
import { link, mkdir, open, rename, rm, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { CopyNotWritten, FileExists } from "./UpkeepFailure.ts"
import { idOf, own, partialOf, sidecars, sweep } from "./internal/partialName.ts"

/** Runs what opens or writes `file`. */
export const writing = <Value>(file: string, run: () => Promise<Value> | Value): Effect.Effect<Value, CopyNotWritten> =>
  Effect.tryPromise({ try: async () => run(), catch: (cause) => new CopyNotWritten({ file, cause }) })

/** An empty file of this user alone, on its way to become `file`; what is left of it goes with the scope. */
export const make = Effect.fnUntraced(function* (file: string) {
  const partial = partialOf(file)
  return yield* Effect.acquireRelease(
    writing(file, async () => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await sweep(dirname(file))
      own.add(idOf(partial))
      await (await open(partial, "wx", 0o600)).close()
      return partial
    }),
    () =>
      Effect.promise(async () => {
        await Promise.all(sidecars.map((end) => rm(partial + end, { force: true })))
        own.delete(idOf(partial))
      })
  )
})

/** Gives the partial file its name, once it is on the disk; never in the place of another. */
export const publish = Effect.fnUntraced(function* (partial: string, file: string) {
  yield* writing(file, async () => {
    await flush(partial)
    await link(partial, file).catch((error: NodeJS.ErrnoException) =>
      hasNoLinks.has(error.code ?? "") ? renameAlone(partial, file) : Promise.reject(error)
    )
    await flush(dirname(file))
  }).pipe(
    Effect.mapError((failure) => {
      const { cause } = failure
      return cause instanceof Error && "code" in cause && cause.code === "EEXIST" ? new FileExists({ file }) : failure
    })
  )
})

/** Fails when the name is taken: better before the work than after it. */
export const expectFree = (file: string): Effect.Effect<void, FileExists> =>
  Effect.flatMap(
    Effect.promise(() => exists(file)),
    (isThere) => (isThere ? Effect.fail(new FileExists({ file })) : Effect.void)
  )

// Some file systems of sticks and of shares know no second name.
const hasNoLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"])

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false
  )

const renameAlone = async (partial: string, file: string): Promise<void> => {
  if (await exists(file)) throw Object.assign(new Error("the file exists"), { code: "EEXIST" })
  await rename(partial, file)
}

// A name is on the disk when its folder is. Windows opens no folders.
const flush = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
