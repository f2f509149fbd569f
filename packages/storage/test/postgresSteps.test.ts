// Small writes of several statements on PostgreSQL: one whose answer is lost is made once more by itself, and what is done in turn
// sees all that was done before.
import { UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import { Accounts } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import { Credentials } from "@messenger/storage/Credentials"
import { Sessions } from "@messenger/storage/Sessions"
import { Webhooks } from "@messenger/storage/Webhooks"
import type { PgClient } from "@effect/sql-pg"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import { inspect } from "node:util"
import { waitUntil } from "./folders.ts"
import { reached, Surroundings } from "./postgresWorld.ts"
import { makeMember, makeRoom, makeSession, newMember, unique } from "./world.ts"
import { makeOutgoing, makeQueue, newDelivery, newIncoming, newOutgoing, say } from "./webhooksWorld.ts"

describe("a small write on PostgreSQL, when the connection is lost", () => {
  it.live("in the middle of it, is made once", () =>
    Effect.gen(function* () {
      const { wire } = yield* Surroundings
      const credentials = yield* Credentials
      const ada = newMember()
      wire.cutOnce({ words: ada.nameFold, when: "Answered" })
      expect(yield* credentials.register(ada)).toBe("Registered")
      expect(wire.isWaiting()).toBe(false)
    }).pipe(Effect.provide(reached()))
  )

  it.live("in the middle of it again and again, is weather, and nothing has happened", () =>
    Effect.gen(function* () {
      const { wire } = yield* Surroundings
      const credentials = yield* Credentials
      const ada = newMember()
      wire.cut({ words: ada.nameFold, when: "Answered" })
      expect(yield* Effect.flip(credentials.register(ada))).toMatchObject({ _tag: "DatabaseAway" })
      wire.mend()
      expect(yield* (yield* Accounts).find(ada.id)).toEqual(Option.none())
      expect(yield* credentials.register(ada)).toBe("Registered")
    }).pipe(Effect.provide(reached()))
  )

  for (const when of ["Before", "Answered"] as const) {
    const moment = when === "Before" ? "before COMMIT" : "behind COMMIT"
    it.live(`${moment}, a registration is made once and says so`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const credentials = yield* Credentials
        const ada = newMember()
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* credentials.register(ada)).toBe("Registered")
        expect(wire.isWaiting()).toBe(false)
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
        expect(wire.isWaiting()).toBe(false)
        wire.cutOnce({ words: "COMMIT", when })
        const bot = { id: UserId.make(unique("bot")), name: "Bot", fold: unique("bot"), at: 1 }
        expect(yield* accounts.createService(bot)).toBe("Created")
        expect(wire.isWaiting()).toBe(false)
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
        expect(wire.isWaiting()).toBe(false)
        expect((yield* sessions.list(userId, 1)).map(({ id }) => id)).toEqual([next.id])
        expect(yield* sessions.find(old.tokenHash, 1)).toEqual(Option.none())
      }).pipe(Effect.provide(reached()))
    )
  }

  for (const when of ["Before", "Answered"] as const) {
    const moment = when === "Before" ? "before COMMIT" : "behind COMMIT"
    it.live(`${moment}, webhooks take one place each of those that a room has, and say so`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const webhooks = yield* Webhooks
        const { id: maker } = yield* makeMember()
        const roomId = yield* makeRoom()
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* webhooks.createIncoming(newIncoming(roomId, maker), 2)).toBe("Created")
        expect(wire.isWaiting()).toBe(false)
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* webhooks.createOutgoing(newOutgoing(roomId, maker), 2)).toBe("Created")
        expect(wire.isWaiting()).toBe(false)
        expect(yield* webhooks.list(roomId)).toMatchObject({ incoming: [{ roomId }], outgoing: [{ roomId }] })
      }).pipe(Effect.provide(reached()))
    )

    it.live(`${moment}, what a webhook is told is queued once, and says so`, () =>
      Effect.gen(function* () {
        const { wire } = yield* Surroundings
        const webhooks = yield* Webhooks
        const { webhook, owner } = yield* makeOutgoing
        yield* say(owner)
        wire.cutOnce({ words: "COMMIT", when })
        expect(yield* webhooks.enqueue(webhook.id, { from: 2, to: 3 }, [newDelivery(5)])).toBe(true)
        expect(wire.isWaiting()).toBe(false)
        expect(yield* webhooks.behind).toEqual([])
        expect(yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 5)).toMatchObject({
          value: { deliveries: [{ attempts: 0 }], hasOlder: false }
        })
      }).pipe(Effect.provide(reached()))
    )
  }

  it.live("an attempt to deliver counts once", () =>
    Effect.gen(function* () {
      const { wire } = yield* Surroundings
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(5)
      const [id] = ids
      if (id === undefined) return yield* Effect.die("no delivery")
      wire.cutOnce({ words: "UPDATE deliveries", when: "Answered" })
      yield* webhooks.settle([
        { id, state: "Pending", at: 5, nextAttemptAt: 9, status: 500, problem: null, tookMillis: 1 }
      ])
      expect(wire.isWaiting()).toBe(false)
      expect(yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 5)).toMatchObject({
        value: { deliveries: [{ attempts: 1, status: 500, nextAttemptAt: 9 }] }
      })
    }).pipe(Effect.provide(reached()))
  )

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

/** Runs `meanwhile` as somebody whose turn it is. */
const inSomebodysTurn = Effect.fnUntraced(function* <Value, Failure, Needs>(
  meanwhile: (sql: PgClient.PgClient) => Effect.Effect<Value, Failure, Needs>
) {
  const { stranger } = yield* Surroundings
  return yield* stranger.withTransaction(
    Effect.andThen(stranger`SELECT pg_advisory_xact_lock(7236111)`, meanwhile(stranger))
  )
})

const someoneWaits = (sql: PgClient.PgClient) =>
  waitUntil(
    "somebody waits for their turn",
    Effect.map(
      sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      (rows) => rows.length > 0
    )
  )

describe("a small write that PostgreSQL refuses", () => {
  it.live("fails without showing what was to be written", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const ada = newMember({ name: "A\u0000da" })
      const failure = yield* Effect.flip(credentials.register(ada))
      expect(failure._tag).toBe("DatabaseAway")
      const shown = inspect(failure, { depth: null, showHidden: true })
      expect(shown).toContain("Credentials.register")
      for (const secret of [ada.passwordHash, ada.email, ada.emailFold, ada.username]) {
        expect(shown).not.toContain(secret)
      }
    }).pipe(Effect.provide(reached()))
  )
})

describe("what is done in turn on PostgreSQL", () => {
  it.live("sees all that earlier turns have written", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const [one, two] = [yield* makeMember(), yield* makeMember()]
      yield* accounts.setRole(one.id, "owner")
      yield* accounts.setRole(two.id, "owner")
      const demotion = yield* inSomebodysTurn((sql) =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(accounts.setRole(one.id, "member"), { startImmediately: true })
          yield* someoneWaits(sql)
          yield* sql`UPDATE accounts SET role = 'member' WHERE id = ${two.id}`
          return waiting
        })
      )
      expect(yield* Fiber.join(demotion)).toBe("LastOwner")
    }).pipe(Effect.provide(reached()))
  )

  it.live("does not happen when whoever asked is interrupted, and keeps nobody from theirs", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { id, name } = yield* makeMember()
      yield* inSomebodysTurn((sql) =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(accounts.setName(id, "Countess", unique("countess")), {
            startImmediately: true
          })
          yield* someoneWaits(sql)
          yield* Fiber.interrupt(waiting)
        })
      )
      expect(yield* accounts.find(id)).toMatchObject({ value: { user: { name } } })
      expect(yield* accounts.setName(id, "Grace", unique("grace"))).toBe("Changed")
      const { stranger } = yield* Surroundings
      const open = stranger`
        SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`
      expect(yield* open).toEqual([])
    }).pipe(Effect.provide(reached()))
  )
})
