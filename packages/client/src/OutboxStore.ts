// The device's memory of one person on one server: what they wrote and the server has not taken yet, and unfinished drafts.
// All tabs of that person share it.
import type { UserId } from "@messenger/protocol/Account"
import type { ClientKey } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Effect, Layer, Schema } from "effect"
import type { StoredEntry } from "./OutboxEntry.ts"

/** Whose outbox it is. */
export interface OwnerOptions {
  /** Origin of the server. */
  readonly server: string
  readonly account: UserId
}

/** The name of one person's outbox on this device, for all that share it. */
export const ownerOf = ({ server, account }: OwnerOptions): string => `${new URL(server).origin} ${account}`

/** The device's storage does not work: it is full, forbidden, or was wiped under us. What is written now lives only in memory. */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  cause: Schema.Defect()
}) {}

export class OutboxStore extends Context.Service<
  OutboxStore,
  {
    /** All entries in the order in which they were first put. */
    readonly entries: Effect.Effect<ReadonlyArray<StoredEntry>, StoreUnavailable>
    /** Adds an entry, or replaces the one of its key in its place. On disk when this ends. */
    readonly put: (entry: StoredEntry) => Effect.Effect<void, StoreUnavailable>
    readonly remove: (key: ClientKey) => Effect.Effect<void, StoreUnavailable>
    /** The unfinished text for a room; empty when there is none. */
    readonly draft: (roomId: RoomId) => Effect.Effect<string, StoreUnavailable>
    readonly setDraft: (roomId: RoomId, text: string) => Effect.Effect<void, StoreUnavailable>
    /**
     * Takes, or renews, the right to be the only one who sends, until `untilMillis`; false while the right that somebody else
     * took is not over at `nowMillis`. One step: two tabs that ask at once do not both get it.
     */
    readonly lease: (holder: string, nowMillis: number, untilMillis: number) => Effect.Effect<boolean, StoreUnavailable>
    /** Gives the right back early; does nothing when somebody else has it. */
    readonly release: (holder: string) => Effect.Effect<void, StoreUnavailable>
    /** Calls `listener` after another tab has put or removed an entry, and answers how to stop. */
    readonly subscribe: (listener: () => void) => () => void
  }
>()("@messenger/client/OutboxStore") {
  /** Forgets everything with the program. */
  static readonly layerMemory: Layer.Layer<OutboxStore> = Layer.sync(OutboxStore, () => memoryDevice()())
}

/** A device in memory; each call of what it answers is one more tab on it. */
export const memoryDevice = (): (() => OutboxStore["Service"]) => {
  const entries = new Map<ClientKey, StoredEntry>()
  const drafts = new Map<RoomId, string>()
  const tabs = new Set<Set<() => void>>()
  let lease = { holder: "", untilMillis: 0 }

  return () => {
    const own = new Set<() => void>()
    tabs.add(own)
    const changing = (work: () => void) =>
      Effect.sync(() => {
        work()
        for (const tab of tabs) if (tab !== own) for (const listener of tab) listener()
      })
    return OutboxStore.of({
      entries: Effect.sync(() => [...entries.values()]),
      put: (entry) => changing(() => void entries.set(entry.key, entry)),
      remove: (key) => changing(() => void entries.delete(key)),
      draft: (roomId) => Effect.sync(() => drafts.get(roomId) ?? ""),
      setDraft: (roomId, text) => Effect.sync(() => void drafts.set(roomId, text)),
      lease: (holder, nowMillis, untilMillis) =>
        Effect.sync(() => {
          if (lease.holder !== holder && lease.untilMillis > nowMillis) return false
          lease = { holder, untilMillis }
          return true
        }),
      release: (holder) =>
        Effect.sync(() => {
          if (lease.holder === holder) lease = { holder: "", untilMillis: 0 }
        }),
      subscribe: (listener) => {
        own.add(listener)
        return () => void own.delete(listener)
      }
    })
  }
}
