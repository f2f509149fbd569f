// Small writes whose answer is lost are made once more by themselves: what they answer then, and that they did it once.
import { UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import { Accounts } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import { Credentials } from "@messenger/storage/Credentials"
import { Sessions } from "@messenger/storage/Sessions"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { reached, Surroundings } from "./postgresWorld.ts"
import { makeMember, makeSession, newMember, unique } from "./world.ts"

describe("on PostgreSQL, when the connection is lost", () => {
  for (const when of ["Before", "Answered"] as const) {
    const moment = when === "Before" ? "before COMMIT" : "behind COMMIT"
    it.live(`${moment}, a registration is made once and says so`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const credentials = yield* Credentials
        const ada = newMember()
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* credentials.register(ada)).toBe("Registered")
        expect(yield* credentials.find(ada.id)).toMatchObject({ value: { passwordHash: ada.passwordHash } })
      }).pipe(Effect.provide(reached()))
    )

    it.live(`${moment}, a deletion and a service account are made once and say so`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const accounts = yield* Accounts
        const { id } = yield* makeMember()
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* accounts.remove(id, 5_000, 8_000)).toBe("Changed")
        wire.cutOnce({ words: "COMMIT", when })
        const bot = { id: UserId.make(unique("bot")), name: "Bot", fold: unique("bot"), at: 1 }
        expect(yield* accounts.createService(bot)).toBe("Created")
      }).pipe(Effect.provide(reached()))
    )

    it.live(`${moment}, a session takes the place of another`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const sessions = yield* Sessions
        const { id: userId } = yield* makeMember()
        const old = yield* makeSession(userId)
        const next = { ...old, id: SessionId.make(unique("session")), tokenHash: unique("hash") }
        wire.cutOnce({ words: "COMMIT", when })
        yield* sessions.create(next, old.id)
        expect((yield* sessions.list(userId, 1)).map(({ id }) => id)).toEqual([next.id])
        expect(yield* sessions.find(old.tokenHash, 1)).toEqual(Option.none())
      }).pipe(Effect.provide(reached()))
    )
  }

  it.live("an entry of the audit log is there once", () =>
    Effect.gen(function* () {
      const { wire } = yield* Surroundings
      const audit = yield* AuditLog
      const entry = { at: 1, actor: null, subject: null, room: null, address: null, action: "LoggedIn" as const }
      wire.cutOnce({ words: "said in this test", when: "Answered" })
      yield* audit.append([{ ...entry, detail: "said in this test" }])
      expect((yield* audit.page(null, 5)).entries).toMatchObject([{ detail: "said in this test" }])
    }).pipe(Effect.provide(reached()))
  )
})
