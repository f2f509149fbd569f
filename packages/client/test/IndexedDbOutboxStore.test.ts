import "fake-indexeddb/auto"
import { expect, it } from "@effect/vitest"
import { CommandRejected } from "@messenger/protocol/Message"
import { Context, Deferred, Effect, Layer } from "effect"
import { openDB } from "idb"
import { beforeEach, describe } from "vitest"
import * as IndexedDbOutboxStore from "../src/IndexedDbOutboxStore.ts"
import type { StoredEntry } from "../src/OutboxEntry.ts"
import { OutboxStore } from "../src/OutboxStore.ts"
import { keyOf, roomIdOf, userOf } from "./MemoryServer.ts"

const lobby = roomIdOf("lobby")

// Each test has a device of its own: its own server.
let device = 0
beforeEach(() => void device++)
const server = () => `http://server-${device}.test`

/** A tab of a person. */
const tab = (person: string) =>
  Effect.map(Layer.build(IndexedDbOutboxStore.layer({ server: server(), account: userOf(person).id })), (context) =>
    Context.get(context, OutboxStore)
  )

const entry = (text: string): StoredEntry => ({
  key: keyOf(`key of ${text}`),
  roomId: lobby,
  text,
  writtenAt: 1_000,
  refusal: null
})

const textsOf = (store: OutboxStore["Service"]) =>
  Effect.map(store.entries, (entries) => entries.map(({ text }) => text))

describe("the outbox in IndexedDB", () => {
  it.live("keeps entries in the order in which all tabs wrote them, also when one is replaced", () =>
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const first = yield* tab("ada")
          const second = yield* tab("ada")
          yield* first.put(entry("zebra"))
          yield* second.put(entry("ant"))
          yield* first.put(entry("mole"))
          yield* first.put({ ...entry("zebra"), refusal: new CommandRejected() })
        })
      )
      const reopened = yield* tab("ada")
      expect(yield* textsOf(reopened)).toEqual(["zebra", "ant", "mole"])
      const [zebra] = yield* reopened.entries
      expect(zebra?.refusal).toBeInstanceOf(CommandRejected)
      yield* reopened.remove(entry("ant").key)
      expect(yield* textsOf(reopened)).toEqual(["zebra", "mole"])
    })
  )

  it.live("shows nobody what another person wrote on the same device", () =>
    Effect.gen(function* () {
      const ada = yield* tab("ada")
      const bob = yield* tab("bob")
      yield* ada.put(entry("secret"))
      yield* ada.setDraft(lobby, "also secret")
      expect(yield* bob.entries).toEqual([])
      expect(yield* bob.draft(lobby)).toBe("")
      expect(yield* ada.draft(lobby)).toBe("also secret")
    })
  )

  it.live("tells the other tabs of every change", () =>
    Effect.gen(function* () {
      const writer = yield* tab("ada")
      const reader = yield* tab("ada")
      const told = Deferred.makeUnsafe<void>()
      yield* Effect.acquireRelease(
        Effect.sync(() => reader.subscribe(() => void Deferred.doneUnsafe(told, Effect.void))),
        (stop) => Effect.sync(stop)
      )
      yield* writer.put(entry("news"))
      yield* Effect.timeout(Deferred.await(told), "5 seconds")
      expect(yield* textsOf(reader)).toEqual(["news"])
    })
  )

  it.live("gives the right to send to one of two tabs that ask at once, and to the other when it is over", () =>
    Effect.gen(function* () {
      const first = yield* tab("ada")
      const second = yield* tab("ada")
      const asked = yield* Effect.all([first.lease("first", 0, 100), second.lease("second", 0, 100)], {
        concurrency: "unbounded"
      })
      expect(asked.toSorted()).toEqual([false, true])
      expect(yield* first.lease("third", 99, 200)).toBe(false)
      expect(yield* first.lease("third", 100, 200)).toBe(true)
      yield* first.release("second")
      expect(yield* second.lease("second", 150, 300)).toBe(false)
      yield* first.release("third")
      expect(yield* second.lease("second", 150, 300)).toBe(true)
    })
  )

  it.live("leaves alone what a newer page wrote and this one cannot read", () =>
    Effect.gen(function* () {
      const store = yield* tab("ada")
      yield* store.put(entry("readable"))
      yield* Effect.promise(async () => {
        const database = await openDB("messenger-outbox", 1)
        await database.put("entries", { owner: `${server()} ada`, key: "from-tomorrow", entry: { voice: [1, 2] } })
        database.close()
      })
      expect(yield* textsOf(store)).toEqual(["readable"])
    })
  )
})
