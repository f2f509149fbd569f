// Reading a log: resume, pages, and rows that cannot be read.
import type { Message } from "@messenger/protocol/Message"
import { RoomId } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import { upsertAll } from "@messenger/protocol/RoomView"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { Ports } from "@messenger/storage/Ports"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { changes, edit, page, post, postAs, readAll, remove, startRoom, write } from "./world.ts"

export const historyContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("a message is read back as it was written, with its author", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const draft = post(owner.author, "Zoë 👋\n第二")
      yield* write(owner, draft)
      expect(yield* log.messages(owner.roomId, [1, 2])).toEqual([
        {
          number: 1,
          change: 1,
          author: { id: owner.author, name: "Ada", isGuest: true },
          key: draft.key,
          state: "Present",
          text: "Zoë 👋\n第二",
          at: 10_001,
          editedAt: null
        }
      ])
      expect(yield* log.messages(owner.roomId, [])).toEqual([])
    })
  )

  it.effect("whom a message is shown as is read back everywhere, and stays when it is edited or deleted", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const { author, roomId } = owner
      const aliases = [{ name: "CI", emoji: "🚀" }, { name: "Deploys" }, { name: "Builds" }, { name: "Nightly" }]
      const drafts = aliases.map((alias) => postAs(author, "done", alias))
      const later = yield* write(owner, post(author, "by itself"), ...drafts, remove(author, 4))
      yield* write(later, edit(author, 2, "undone"), remove(author, 3))
      const expected = [
        { number: 2, text: "undone", alias: { name: "CI", emoji: "🚀" } },
        { number: 3, state: "Deleted", text: "", alias: { name: "Deploys" } },
        { number: 4, state: "Deleted", text: "", alias: { name: "Builds" } },
        { number: 5, text: "done", alias: { name: "Nightly" } }
      ]
      expect(yield* log.messages(roomId, [2, 3, 4, 5])).toMatchObject(expected)
      expect((yield* page(roomId, { _tag: "Newest" }, 4)).messages).toMatchObject(expected)
      const changed = (yield* changes(roomId, 1)).messages.toSorted((a, b) => a.number - b.number)
      expect(changed).toMatchObject(expected)
      const [first] = yield* log.messages(roomId, [1])
      expect(first).not.toHaveProperty("alias")
      expect(Object.keys((yield* log.messages(roomId, [3]))[0]?.alias ?? {})).toEqual(["name"])
    })
  )

  it.effect("a resume brings every row that changed after the cursor, once, in order of its change", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author, roomId } = owner
      const early = yield* write(owner, post(author, "one"), post(author, "two"), post(author, "three"))
      yield* write(early, edit(author, 2, "zwei"), post(author, "five"), remove(author, 1), edit(author, 2, "deux"))
      const page = yield* changes(roomId, 3)
      expect(page.messages).toMatchObject([
        { number: 5, change: 5, text: "five" },
        { number: 1, change: 6, state: "Deleted", text: "" },
        { number: 2, change: 7, text: "deux", editedAt: 10_007 }
      ])
      expect(page).toMatchObject({ cursor: { log: owner.log, number: 7 }, head: 7, room: Option.none() })
    })
  )

  it.effect("an edit and a deletion of a message of the same append leave its last state", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author, roomId } = owner
      yield* write(owner, post(author, "a"), edit(author, 1, "b"), post(author, "c"), remove(author, 3))
      expect((yield* changes(roomId, 0)).messages).toMatchObject([
        { number: 1, change: 2, text: "b", editedAt: 10_002, at: 10_001 },
        { number: 3, change: 4, state: "Deleted", text: "", editedAt: null }
      ])
    })
  )

  it.effect("nothing changed is an empty page at the head", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"))
      expect(yield* changes(owner.roomId, 1)).toEqual({
        messages: [],
        room: Option.none(),
        cursor: { log: owner.log, number: 1 },
        head: 1
      })
    })
  )

  it.effect("a page of changes holds at most so many bytes, and one row whatever it weighs", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author, roomId } = owner
      yield* write(owner, post(author, "é".repeat(30)), post(author, "é".repeat(30)), post(author, "e".repeat(90)))
      const pages = yield* readAll(roomId, 60)
      expect(pages.map(({ messages, cursor }) => [messages.length, cursor.number])).toEqual([
        [1, 1],
        [1, 2],
        [1, 3]
      ])
      expect((yield* changes(roomId, 0, 120)).messages).toHaveLength(2)
    })
  )

  it.effect("a page of changes holds at most 500 rows", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      yield* write(owner, ...Array.from({ length: 501 }, (_, index) => post(owner.author, `${index}`)))
      const pages = yield* readAll(owner.roomId)
      expect(pages.map(({ messages, cursor }) => [messages.length, cursor.number])).toEqual([
        [500, 500],
        [1, 501]
      ])
    })
  )

  it.effect("a history page lies where it was asked for and knows what is around it", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      // Numbers 1, 3, 5 … 19 are messages; the even ones are edits of the message before.
      yield* write(
        owner,
        ...Array.from({ length: 10 }, (_, index) => [
          post(owner.author, `${index}`),
          edit(owner.author, 2 * index + 1, `${index}!`)
        ]).flat()
      )
      const look = (anchor: PageAnchor, limit: number) =>
        Effect.map(page(owner.roomId, anchor, limit), ({ messages, hasOlder, hasNewer, cursor }) => {
          expect(cursor).toEqual({ log: owner.log, number: 20 })
          return [messages.map(({ number }) => number), hasOlder, hasNewer]
        })
      expect(yield* look({ _tag: "Newest" }, 3)).toEqual([[15, 17, 19], true, false])
      expect(yield* look({ _tag: "Newest" }, 10)).toEqual([numbers(1, 19), false, false])
      expect(yield* look({ _tag: "Before", number: 15 }, 2)).toEqual([[11, 13], true, true])
      expect(yield* look({ _tag: "Before", number: 3 }, 2)).toEqual([[1], false, true])
      expect(yield* look({ _tag: "Before", number: 1 }, 2)).toEqual([[], false, true])
      expect(yield* look({ _tag: "After", number: 15 }, 2)).toEqual([[17, 19], true, false])
      expect(yield* look({ _tag: "After", number: 0 }, 2)).toEqual([[1, 3], false, true])
      expect(yield* look({ _tag: "After", number: 19 }, 2)).toEqual([[], true, false])
      expect(yield* look({ _tag: "Around", number: 9 }, 4)).toEqual([[5, 7, 9, 11], true, true])
      expect(yield* look({ _tag: "Around", number: 1 }, 4)).toEqual([[1, 3, 5, 7], false, true])
      expect(yield* look({ _tag: "Around", number: 19 }, 4)).toEqual([[13, 15, 17, 19], true, false])
      expect(yield* look({ _tag: "Around", number: 9 }, 100)).toEqual([numbers(1, 19), false, false])
    })
  )

  it.effect("a room that is not there has neither pages nor changes", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const nowhere = RoomId.make("nowhere")
      expect(yield* log.changesAfter(nowhere, 0, 100)).toEqual(Option.none())
      expect(yield* log.page(nowhere, { _tag: "Newest" }, 10)).toEqual(Option.none())
    })
  )

  it.effect.prop(
    "pages of changes from any cursor, folded over what was known there, are the whole room",
    { steps: Steps, from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 })), maxBytes: PageBytes },
    ({ steps, from, maxBytes }) =>
      Effect.gen(function* () {
        const room = yield* startRoom
        const { author, roomId } = room
        let owner = room
        let known: ReadonlyArray<Message> = []
        const alive: Array<number> = []
        for (const { kind, pick, text } of steps) {
          const target = alive[pick % Math.max(1, alive.length)]
          if (kind === "Post" || target === undefined) alive.push(owner.head + 1)
          if (kind === "Delete" && target !== undefined) alive.splice(alive.indexOf(target), 1)
          const draft =
            kind === "Post" || target === undefined
              ? post(author, text)
              : kind === "Edit"
                ? edit(author, target, text)
                : remove(author, target)
          owner = yield* write(owner, draft)
          if (owner.head === from) known = yield* everything(roomId)
        }
        let after = Math.min(from, owner.head)
        if (after < from || from === 0) known = []
        if (known.length === 0) after = 0
        const rows: Array<Message> = []
        while (after < owner.head) {
          const next = yield* changes(roomId, after, maxBytes)
          expect(next.cursor.number).toBeGreaterThan(after)
          rows.push(...next.messages)
          after = next.cursor.number
        }
        expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length)
        expect(rows.map(({ change }) => change)).toEqual(rows.map(({ change }) => change).toSorted((a, b) => a - b))
        expect(upsertAll(known, rows)).toEqual(yield* everything(roomId))
      }),
    { arbitrary: { runs: 12 } }
  )
}

const Steps = Schema.Array(
  Schema.Struct({
    kind: Schema.Literals(["Post", "Edit", "Delete"]),
    pick: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })),
    text: Schema.String.check(Schema.isMaxLength(12), Schema.isPattern(/^[^\0\ud800-\udfff]*$/))
  })
).check(Schema.isMaxLength(30))

const PageBytes = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))

const everything = (roomId: RoomId) => Effect.map(page(roomId, { _tag: "Newest" }, 100), ({ messages }) => messages)

const numbers = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: (to - from) / 2 + 1 }, (_, index) => from + 2 * index)
