import { ChatLimits, defaults } from "@messenger/chat/ChatLimits"
import { Rooms } from "@messenger/chat/Rooms"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Memory from "@messenger/storage/Memory"
import { TestClock } from "effect/testing"
import { layer, over } from "./Server.ts"
import { member } from "./Visitors.ts"

const create = Effect.fnUntraced(function* (asker: Effect.Success<ReturnType<typeof member>>["asker"], name: string) {
  return yield* (yield* Rooms).create(asker, { name, isPrivate: false })
})

describe("making a room", () => {
  it.effect("is refused for a name that is none, in words that say why", () =>
    Effect.gen(function* () {
      const { asker } = yield* member("ada")
      expect(yield* Effect.flip(create(asker, "   "))).toMatchObject({ _tag: "NameInvalid", reason: "Empty" })
      expect(yield* Effect.flip(create(asker, "x".repeat(1_000)))).toMatchObject({
        _tag: "NameInvalid",
        reason: "TooLong"
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect("leads to the room that has the name already", () =>
    Effect.gen(function* () {
      const { asker } = yield* member("ada")
      const { id } = yield* create(asker, "Tea")
      expect(yield* Effect.flip(create((yield* member("ben")).asker, "tea"))).toMatchObject({
        _tag: "RoomNameTaken",
        roomId: id
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is done a few times in a row, and by one account so often and no more", () =>
    Effect.gen(function* () {
      const { asker } = yield* member("ada")
      const names = ["one", "two", "three"]
      for (const name of names) yield* create(asker, name)
      expect(yield* Effect.flip(create(asker, "four"))).toMatchObject({ _tag: "RateLimited" })
      yield* TestClock.adjust("1 minute")
      expect(yield* Effect.flip(create(asker, "four"))).toMatchObject({ _tag: "TooManyRooms", limit: 3 })
      yield* create((yield* member("ben")).asker, "four")
    }).pipe(
      Effect.provide(
        over(Memory.layer).pipe(
          Layer.provide(
            Layer.succeed(ChatLimits, { ...defaults, rooms: { capacity: 3, perMinute: 2 }, roomsPerAccount: 3 })
          )
        )
      )
    )
  )
})
