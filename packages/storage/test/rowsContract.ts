// What is answered about rows that others than these ports have written: by hand, or by a program of tomorrow.
import { UserId } from "@messenger/protocol/Account"
import { Database } from "@messenger/storage/Database"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { Ports } from "@messenger/storage/Ports"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { append, changes, page, post, readAll, startRoom, write } from "./world.ts"

export const rowsContract = (it: Vitest.MethodsNonLive<Ports | Database>): void => {
  it.effect("a room's own row comes with the page in which it changed", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"), post(owner.author, "two"), post(owner.author, "three"))
      const { writes } = yield* Database
      yield* writes`UPDATE rooms SET change = 2, topic = 'Tea' WHERE id = ${owner.roomId}`
      const pages = yield* readAll(owner.roomId, 1)
      expect(pages.map(({ room }) => Option.map(room, ({ topic }) => topic))).toEqual([
        Option.none(),
        Option.some("Tea"),
        Option.none()
      ])
    })
  )

  it.effect("a row that does not decode is shown as unreadable and hides no other", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"), post(owner.author, "secret"), post(owner.author, "three"))
      const { writes } = yield* Database
      yield* writes`UPDATE messages SET state = 'Folded' WHERE room_id = ${owner.roomId} AND number = 2`
      const expected = [
        { number: 1, state: "Present", text: "one" },
        { number: 2, change: 2, state: "Unreadable", text: "" },
        { number: 3, state: "Present", text: "three" }
      ]
      expect((yield* page(owner.roomId, { _tag: "Newest" }, 10)).messages).toMatchObject(expected)
      expect((yield* changes(owner.roomId, 0)).messages).toMatchObject(expected)
      expect(yield* log.messages(owner.roomId, [1, 2, 3])).toMatchObject(expected)
    })
  )

  it.effect("what nobody wrote is refused, and costs the others nothing", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const [one, two] = [yield* startRoom, yield* startRoom]
      const outcomes = yield* log.commit([
        append(one, post(UserId.make("nobody"), "by nobody")),
        append(two, post(two.author, "by somebody"))
      ])
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Refused", "Appended"])
    })
  )
}
