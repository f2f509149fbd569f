// The outbox of a program in Node: a folder, which outlives the program however it ends, and which several processes of the same
// account may share. Only Node has what is used here; nothing that a browser loads may import this.
//
// One file per message, written beside, flushed to the disk and put in place in one step, so that a file is whole or is not there.
// What cannot be read is never removed and never skipped in silence: it stays where it is, and a warning says where.
//
// ```ts
// const bot = await connectBot({ server, bearer, store: FileOutboxStore.inFolder("./outbox") })
// ```
import { Effect, Exit, Layer, Schema } from "effect"
import { watch } from "node:fs"
import { mkdir, readdir } from "node:fs/promises"
import { join } from "node:path"
import type { Device } from "./Device.ts"
import { DrainLock } from "./DrainLock.ts"
import * as DurableFile from "./DurableFile.ts"
import * as FileLease from "./FileLease.ts"
import { StoredEntry } from "./OutboxEntry.ts"
import { ownerOf, OutboxStore, StoreUnavailable } from "./OutboxStore.ts"
import type { OwnerOptions } from "./OutboxStore.ts"

/** What other processes change is looked at this long after the first notice, in milliseconds, so that many changes are one look. */
const noticeMillis = 50

/** So many files are open at once. */
const readsAtOnce = 16

/** How often it is looked at where nothing gives notice, in milliseconds. */
const pollMillis = 1_000

/**
 * A device that keeps the outbox in this folder, which is made when it is missing; each account has a folder of its own in it. Of
 * several processes one sends, and another takes over within `DrainLock.leaseMillis` after it was killed.
 */
export const inFolder =
  (folder: string): Device =>
  (owner) =>
    Layer.provideMerge(DrainLock.layerLease, layer(folder, owner))

/** The store of one person in this folder. */
export const layer = (folder: string, owner: OwnerOptions): Layer.Layer<OutboxStore> =>
  Layer.sync(OutboxStore, () => make(join(folder, nameOf(ownerOf(owner)))))

// `order` is where it stands among the entries: later ones have greater numbers.
const Stored = Schema.Struct({ order: Schema.Number, entry: Schema.toCodecJson(StoredEntry) })
const StoredJson = Schema.fromJsonString(Stored)
const decode = Schema.decodeUnknownExit(StoredJson)
const encode = Schema.encodeSync(StoredJson)

const make = (home: string): OutboxStore["Service"] => {
  const entriesFolder = join(home, "entries")
  const draftsFolder = join(home, "drafts")
  const entryFile = (key: string) => join(entriesFolder, `${nameOf(key)}.json`)
  const draftFile = (roomId: string) => join(draftsFolder, `${nameOf(roomId)}.txt`)
  // The greatest order that was seen; the clock may have been set back since it was given.
  let latest = 0
  const reported = new Set<string>()
  let isMade: Promise<unknown> | undefined

  const attempt = <A>(work: () => Promise<A>): Effect.Effect<A, StoreUnavailable> =>
    Effect.tryPromise({
      try: async () => {
        isMade ??= Promise.all([home, entriesFolder, draftsFolder].map(prepare))
        await isMade
        return await work()
      },
      catch: (cause) => {
        isMade = undefined
        return new StoreUnavailable({ cause })
      }
    })

  const read = async (file: string) => {
    const text = await DurableFile.read(file)
    if (text === undefined) return undefined
    const decoded = decode(text)
    if (Exit.isFailure(decoded)) return { file, cause: decoded.cause }
    latest = Math.max(latest, decoded.value.order)
    return decoded.value
  }

  const entries = Effect.gen(function* () {
    const names = yield* attempt(() => readdir(entriesFolder))
    const files = yield* Effect.forEach(
      names.filter((name) => name.endsWith(".json")),
      (name) => attempt(() => read(join(entriesFolder, name))),
      { concurrency: readsAtOnce }
    )
    const stored: Array<typeof Stored.Type> = []
    for (const each of files) {
      if (each === undefined) continue
      if ("entry" in each) stored.push(each)
      else if (!reported.has(each.file)) {
        reported.add(each.file)
        yield* Effect.logWarning(`A message in the outbox cannot be read, and is left in ${each.file}`, each.cause)
      }
    }
    return stored.toSorted((a, b) => a.order - b.order).map(({ entry }) => entry)
  })

  return OutboxStore.of({
    entries,
    put: (entry) =>
      attempt(async () => {
        const known = await read(entryFile(entry.key))
        const order = known !== undefined && "order" in known ? known.order : Math.max(latest + 1, Date.now() * 1_000)
        latest = Math.max(latest, order)
        await DurableFile.replace(entryFile(entry.key), encode({ order, entry }))
      }),
    remove: (key) => attempt(() => DurableFile.remove(entryFile(key))),
    draft: (roomId) => attempt(async () => (await DurableFile.read(draftFile(roomId))) ?? ""),
    setDraft: (roomId, text) =>
      attempt(() =>
        text === "" ? DurableFile.remove(draftFile(roomId)) : DurableFile.replace(draftFile(roomId), text)
      ),
    lease: (holder, nowMillis, untilMillis) => attempt(() => FileLease.lease(home, holder, nowMillis, untilMillis)),
    release: (holder) => attempt(() => FileLease.release(home, holder)),
    subscribe: (listener) => noticing(entriesFolder, listener)
  })
}

// For its owner alone: messages are nobody else's to read.
const prepare = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await DurableFile.sweep(folder)
}

/** Calls `listener` after the folder has changed, whoever changed it, and answers how to stop. */
const noticing = (folder: string, listener: () => void): (() => void) => {
  const ended = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const onChange = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      listener()
    }, noticeMillis)
  }
  /** A system that has no watch to spare is asked from time to time. */
  const poll = () => {
    if (ended.signal.aborted) return
    const polling = setInterval(listener, pollMillis).unref()
    ended.signal.addEventListener("abort", () => clearInterval(polling))
  }
  const begin = async () => {
    await prepare(folder)
    if (!ended.signal.aborted) watch(folder, { persistent: false, signal: ended.signal }, onChange).on("error", poll)
  }
  begin().catch(poll)
  return () => {
    ended.abort()
    clearTimeout(timer)
  }
}

// Letters and digits that no file system takes for one another, whatever the name is made of.
const nameOf = (name: string): string => Buffer.from(name).toString("hex")
