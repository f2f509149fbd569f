// What every store of an outbox promises, whatever it is made of.
import { expect, it } from "@effect/vitest"
import { CommandRejected } from "@messenger/protocol/Message"
import { Deferred, Effect } from "effect"
import type { Scope } from "effect"
import { describe } from "vitest"
import type { StoredEntry } from "../src/OutboxEntry.ts"
import type { OutboxStore } from "../src/OutboxStore.ts"
import { keyOf, roomIdOf } from "./MemoryServer.ts"

/** A tab, or a process, of a person on a device. */
export type OpenTab = (person: string) => Effect.Effect<OutboxStore["Service"], never, Scope.Scope>

export const lobby = roomIdOf("lobby")

export const entry = (text: string): StoredEntry => ({
  key: keyOf(`key of ${text}`),
  roomId: lobby,
  text,
  writtenAt: 1_000,
  refusal: null
})

export const textsOf = (store: OutboxStore["Service"]) =>
  Effect.map(store.entries, (entries) => entries.map(({ text }) => text))

/** Tells it of the store in `where`; each test has a device of its own. */
export const describeOutboxStore = (where: string, device: Effect.Effect<OpenTab, never, Scope.Scope>): void => {
  describe(`the outbox in ${where}`, () => {
    it.live("keeps entries in the order in which all tabs wrote them, also when one is replaced", () =>
      Effect.gen(function* () {
        const tab = yield* device
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
        const tab = yield* device
        const ada = yield* tab("ada")
        const bob = yield* tab("bob")
        yield* ada.put(entry("secret"))
        yield* ada.setDraft(lobby, "also secret")
        expect(yield* bob.entries).toEqual([])
        expect(yield* bob.draft(lobby)).toBe("")
        expect(yield* ada.draft(lobby)).toBe("also secret")
        yield* ada.setDraft(lobby, "")
        expect(yield* ada.draft(lobby)).toBe("")
      })
    )

    it.live("tells the other tabs of every change", () =>
      Effect.gen(function* () {
        const tab = yield* device
        const writer = yield* tab("ada")
        const reader = yield* tab("ada")
        const told = Deferred.makeUnsafe<void>()
        yield* Effect.acquireRelease(
          Effect.sync(() => reader.subscribe(() => void Deferred.doneUnsafe(told, Effect.void))),
          (stop) => Effect.sync(stop)
        )
        // A watch may take a moment to be set up; what was written before it is read when the store is opened.
        yield* Effect.sleep(50)
        yield* writer.put(entry("news"))
        yield* Effect.timeout(Deferred.await(told), "5 seconds")
        expect(yield* textsOf(reader)).toEqual(["news"])
      })
    )

    it.live("gives the right to send to one of two tabs that ask at once, and to the other when it is over", () =>
      Effect.gen(function* () {
        const tab = yield* device
        const first = yield* tab("ada")
        const second = yield* tab("ada")
        const asked = yield* Effect.all([first.lease("first", 0, 100), second.lease("second", 0, 100)], {
          concurrency: "unbounded"
        })
        expect(asked.toSorted()).toEqual([false, true])
        expect(yield* first.lease("third", 99, 200)).toBe(false)
        expect(yield* first.lease("third", 100, 200)).toBe(true)
        expect(yield* first.lease("third", 150, 250)).toBe(true)
        yield* first.release("second")
        expect(yield* second.lease("second", 150, 300)).toBe(false)
        yield* first.release("third")
        expect(yield* second.lease("second", 150, 300)).toBe(true)
      })
    )
  })
}
