// The outbox of a browser: IndexedDB, shared by all tabs of an origin, which tell each other of changes by a BroadcastChannel.
// Both work without a secure context.
import { Effect, Layer, Option, Schema } from "effect"
import { openDB } from "idb"
import type { DBSchema, IDBPDatabase } from "idb"
import { StoredEntry } from "./OutboxEntry.ts"
import { ownerOf, OutboxStore, StoreUnavailable } from "./OutboxStore.ts"
import type { OwnerOptions } from "./OutboxStore.ts"

/** The store of one person; opened when it is first used. */
export const layer = (options: OwnerOptions): Layer.Layer<OutboxStore> =>
  Layer.effect(OutboxStore, make(ownerOf(options)))

interface Tables extends DBSchema {
  entries: {
    key: number
    value: { readonly owner: string; readonly key: string; readonly entry: unknown; readonly order?: number }
    indexes: { owner: string; ownerAndKey: [string, string] }
  }
  drafts: { key: [string, string]; value: { readonly owner: string; readonly roomId: string; readonly text: string } }
  leases: { key: string; value: { readonly owner: string; readonly holder: string; readonly untilMillis: number } }
}
type Database = IDBPDatabase<Tables>

const databaseName = "messenger-outbox"
const databaseVersion = 1

const encode = Schema.encodeSync(Schema.toCodecJson(StoredEntry))
const decode = Schema.decodeUnknownOption(Schema.toCodecJson(StoredEntry))

const make = Effect.fnUntraced(function* (owner: string) {
  // The open database, or its opening; undefined again after it was closed under us.
  let database: Promise<Database> | undefined
  const listeners = new Set<() => void>()
  const channel = yield* Effect.acquireRelease(
    Effect.sync(() => new BroadcastChannel(`${databaseName} ${owner}`)),
    (open) => Effect.sync(() => open.close())
  )
  channel.addEventListener("message", () => {
    for (const listener of listeners) listener()
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => close()))

  const close = () => {
    const closing = database
    database = undefined
    // One that never opened has nothing to close; whoever used it has heard why.
    closing?.then(
      (open) => open.close(),
      () => {}
    )
  }
  const open = () => {
    database ??= openDB<Tables>(databaseName, databaseVersion, {
      upgrade: (fresh) => {
        const entries = fresh.createObjectStore("entries", { keyPath: "order", autoIncrement: true })
        entries.createIndex("owner", "owner")
        entries.createIndex("ownerAndKey", ["owner", "key"], { unique: true })
        fresh.createObjectStore("drafts", { keyPath: ["owner", "roomId"] })
        fresh.createObjectStore("leases", { keyPath: "owner" })
      },
      // A newer page wants to upgrade: it goes first, and this one asks again when it needs to.
      blocking: close,
      terminated: close
    })
    return database
  }
  const attempt = <A>(work: (database: Database) => Promise<A>): Effect.Effect<A, StoreUnavailable> =>
    Effect.tryPromise({
      try: () => open().then(work),
      catch: (cause) => {
        close()
        return new StoreUnavailable({ cause })
      }
    })
  const changing = (work: (database: Database) => Promise<void>): Effect.Effect<void, StoreUnavailable> =>
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is not a window
    Effect.map(attempt(work), () => channel.postMessage("changed"))

  return OutboxStore.of({
    entries: attempt(async (tables) => {
      const rows = await tables.getAllFromIndex("entries", "owner", owner)
      // An index lists equal keys in the order of their primary keys, which is the order of writing. What a newer page has
      // written and this one cannot read is left to that page.
      return rows.flatMap(({ entry }) => Option.toArray(decode(entry)))
    }),
    put: (entry) =>
      changing(async (tables) => {
        const { store, done } = tables.transaction("entries", "readwrite")
        const order = await store.index("ownerAndKey").getKey([owner, entry.key])
        const row = { owner, key: entry.key, entry: encode(entry) }
        await store.put(order === undefined ? row : { ...row, order })
        await done
      }),
    remove: (key) =>
      changing(async (tables) => {
        const { store, done } = tables.transaction("entries", "readwrite")
        const order = await store.index("ownerAndKey").getKey([owner, key])
        if (order !== undefined) await store.delete(order)
        await done
      }),
    draft: (roomId) => attempt(async (tables) => (await tables.get("drafts", [owner, roomId]))?.text ?? ""),
    setDraft: (roomId, text) =>
      attempt(async (tables) => {
        await (text === "" ? tables.delete("drafts", [owner, roomId]) : tables.put("drafts", { owner, roomId, text }))
      }),
    lease: (holder, nowMillis, untilMillis) =>
      attempt(async (tables) => {
        const { store, done } = tables.transaction("leases", "readwrite")
        const held = await store.get(owner)
        const isFree = held === undefined || held.holder === holder || held.untilMillis <= nowMillis
        if (isFree) await store.put({ owner, holder, untilMillis })
        await done
        return isFree
      }),
    release: (holder) =>
      attempt(async (tables) => {
        const { store, done } = tables.transaction("leases", "readwrite")
        if ((await store.get(owner))?.holder === holder) await store.delete(owner)
        await done
      }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  })
})
