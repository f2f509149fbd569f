import { Database } from "@messenger/storage/Database"
import { MessageLog } from "@messenger/storage/MessageLog"
import * as Ports from "@messenger/storage/Ports"
import * as Postgres from "@messenger/storage/Postgres"
import { Rooms } from "@messenger/storage/Rooms"
import { PgClient } from "@effect/sql-pg"
import { describe, expect, it, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { makePostgresDatabase } from "../src/internal/postgresDatabase.ts"
import { waitUntil } from "./folders.ts"
import { accountsContract } from "./accountsContract.ts"
import { removalContract } from "./removalContract.ts"
import { sessionsContract } from "./sessionsContract.ts"
import { membershipsContract } from "./membershipsContract.ts"
import { linksContract } from "./linksContract.ts"
import { auditContract } from "./auditContract.ts"
import { deliveriesContract } from "./deliveriesContract.ts"
import { webhooksContract } from "./webhooksContract.ts"
import { ownersContract } from "./ownersContract.ts"
import { historyContract } from "./historyContract.ts"
import { logContract } from "./logContract.ts"
import { peopleContract } from "./peopleContract.ts"
import { newDatabase, reached, Surroundings } from "./postgresWorld.ts"
import { rowsContract } from "./rowsContract.ts"
import { append, commitOne, newKey, openRoom, post, readAll, startRoom } from "./world.ts"

const fresh = Layer.unwrap(
  Effect.map(newDatabase, (url) =>
    Ports.layer.pipe(Layer.provideMerge(Postgres.layerDatabase({ url: Redacted.make(url) })))
  )
)

layer(fresh)("on PostgreSQL", (it) => {
  logContract(it)
  historyContract(it)
  peopleContract(it)
  accountsContract(it)
  removalContract(it)
  sessionsContract(it)
  membershipsContract(it)
  linksContract(it)
  auditContract(it)
  webhooksContract(it)
  deliveriesContract(it)
  rowsContract(it)
})

ownersContract("on PostgreSQL", fresh)

/** Runs `meanwhile` while another transaction holds the room's row; that one commits when `meanwhile` is done. */
const whileRowIsHeld = Effect.fnUntraced(function* <Value, Failure, Needs>(
  roomId: string,
  meanwhile: (sql: PgClient.PgClient) => Effect.Effect<Value, Failure, Needs>
) {
  const { stranger } = yield* Surroundings
  return yield* stranger.withTransaction(
    Effect.andThen(stranger`SELECT 1 FROM rooms WHERE id = ${roomId} FOR UPDATE`, meanwhile(stranger))
  )
})

/** Waits until a commit waits for a row. */
const commitWaits = Effect.gen(function* () {
  const { stranger } = yield* Surroundings
  yield* waitUntil(
    "a commit waits for a row",
    Effect.map(
      stranger`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      (rows) => rows.length > 0
    )
  )
})

const textsOf = (roomId: Parameters<typeof readAll>[0]) =>
  Effect.map(readAll(roomId), (pages) => pages.flatMap(({ messages }) => messages.map(({ text }) => text)))

describe("the fence on PostgreSQL", () => {
  it.live("stops an owner that was replaced while its statement waited", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const key = newKey()
      const commit = yield* whileRowIsHeld(owner.roomId, (sql) =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(commitOne(append(owner, post(owner.author, "late", key))), {
            startImmediately: true
          })
          yield* commitWaits
          // The new owner opens and appends, the same key even, before the old one's statement goes on.
          yield* sql`UPDATE rooms SET epoch = epoch + 1, head = 1, last_message = 1 WHERE id = ${owner.roomId}`
          yield* sql`
            INSERT INTO messages (room_id, number, change, author_id, key, state, text, at)
            VALUES (${owner.roomId}, 1, 1, ${owner.author}, ${key}, 'Present', 'by the new owner', 1)`
          yield* sql`
            INSERT INTO log_keys (room_id, author_id, key, hash, message, change, at)
            VALUES (${owner.roomId}, ${owner.author}, ${key}, 'hash', 1, 1, 1)`
          return waiting
        })
      )
      expect(yield* Fiber.join(commit)).toEqual({ _tag: "Fenced" })
      expect(yield* textsOf(owner.roomId)).toEqual(["by the new owner"])
    }).pipe(Effect.provide(reached()))
  )

  it.live("lets an owner through whose row changed in something else while it waited", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const commit = yield* whileRowIsHeld(owner.roomId, (sql) =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(commitOne(append(owner, post(owner.author, "on time"))), {
            startImmediately: true
          })
          yield* commitWaits
          yield* sql`UPDATE rooms SET topic = 'Tea' WHERE id = ${owner.roomId}`
          return waiting
        })
      )
      expect(yield* Fiber.join(commit)).toEqual({ _tag: "Appended", head: 1 })
      expect(yield* textsOf(owner.roomId)).toEqual(["on time"])
    }).pipe(Effect.provide(reached()))
  )

  it.live("makes commits of two servers with the same rooms wait for each other, never in a circle", () =>
    Effect.gen(function* () {
      const { url } = yield* Surroundings
      const server = Effect.gen(function* () {
        const commits = yield* PgClient.make({ url: Redacted.make(url), maxConnections: 1 })
        return makePostgresDatabase({ pool: commits, commits, commitTimeout: Duration.seconds(5) })
      }).pipe(Effect.provide(Reactivity.layer))
      const [one, two] = [yield* server, yield* server]
      const rooms = yield* Effect.forEach(Array.from({ length: 20 }), () => startRoom)
      const opens = rooms.map(({ roomId }) => ({ _tag: "Open" as const, roomId }))
      const rounds = (database: Database["Service"], requests: typeof opens) =>
        Effect.forEach(Array.from({ length: 40 }), () => database.commit(requests))
      yield* Effect.all([rounds(one, opens), rounds(two, opens.toReversed())], { concurrency: "unbounded" })
      const epochs = yield* Effect.forEach(rooms, ({ roomId }) => Effect.map(openRoom(roomId), ({ epoch }) => epoch))
      expect(new Set(epochs)).toEqual(new Set([82]))
    }).pipe(Effect.provide(reached()))
  )
})

describe("a commit on PostgreSQL", () => {
  it.live("whose backend is terminated in the middle is of unknown outcome; the log says that nothing happened", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const key = newKey()
      const commit = yield* whileRowIsHeld(owner.roomId, (sql) =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(
            Effect.flip(log.commit([append(owner, post(owner.author, "one", key))])),
            { startImmediately: true }
          )
          yield* commitWaits
          yield* sql`
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`
          return yield* Fiber.join(waiting)
        })
      )
      expect(commit._tag).toBe("OutcomeUnknown")
      expect(yield* log.keys(owner.roomId, [{ author: owner.author, key }])).toEqual([])
      const again = yield* openRoom(owner.roomId)
      expect(again).toMatchObject({ epoch: 2, head: 0 })
      expect((yield* commitOne(append({ ...owner, ...again }, post(owner.author, "one", key))))._tag).toBe("Appended")
    }).pipe(Effect.provide(reached()))
  )

  it.live("whose answer is lost is of unknown outcome; the log has its keys and its numbers", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const { wire } = yield* Surroundings
      const owner = yield* startRoom
      const key = newKey()
      wire.cut({ words: "made in this test", when: "Answered" })
      const failure = yield* Effect.flip(log.commit([append(owner, post(owner.author, "made in this test", key))]))
      expect(failure._tag).toBe("OutcomeUnknown")
      wire.mend()
      expect(yield* log.keys(owner.roomId, [{ author: owner.author, key }])).toMatchObject([{ message: 1, change: 1 }])
      expect(yield* openRoom(owner.roomId)).toMatchObject({ epoch: 2, head: 1, lastMessage: 1 })
    }).pipe(Effect.provide(reached()))
  )

  it.live("whose COMMIT is lost, room by room, is of unknown outcome", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const { wire } = yield* Surroundings
      const [good, bad] = [yield* startRoom, yield* startRoom]
      const commit = log.commit([append(good, post(good.author, "good")), append(bad, post(bad.author, "a\u0000b"))])
      wire.cut({ words: "COMMIT", when: "Answered" })
      expect((yield* Effect.flip(commit))._tag).toBe("OutcomeUnknown")
      wire.mend()
      expect(yield* textsOf(good.roomId)).toEqual(["good"])
      expect(yield* textsOf(bad.roomId)).toEqual([])
    }).pipe(Effect.provide(reached()))
  )

  it.live("that is cut before COMMIT is sent, room by room, never happened", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const { wire } = yield* Surroundings
      const [good, bad] = [yield* startRoom, yield* startRoom]
      const commit = log.commit([append(good, post(good.author, "good")), append(bad, post(bad.author, "a\u0000b"))])
      wire.cut({ words: "SAVEPOINT", when: "Answered" })
      expect((yield* Effect.flip(commit))._tag).toBe("DatabaseAway")
      wire.mend()
      expect(yield* textsOf(good.roomId)).toEqual([])
      expect((yield* commit).map(({ _tag }) => _tag)).toEqual(["Appended", "Refused"])
    }).pipe(Effect.provide(reached()))
  )

  it.live("that finds no database never happened, and works again when the database is back", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const rooms = yield* Rooms
      const { wire } = yield* Surroundings
      const owner = yield* startRoom
      const commit = log.commit([append(owner, post(owner.author, "one"))])
      wire.sever()
      // The pool learns of a cut connection when the system tells it.
      yield* waitUntil(
        "the pool knows",
        Effect.map(
          Effect.flip(log.commit([{ _tag: "Open", roomId: owner.roomId }])),
          ({ _tag }) => _tag === "DatabaseAway"
        )
      )
      expect((yield* Effect.flip(commit))._tag).toBe("DatabaseAway")
      expect((yield* Effect.flip(rooms.list))._tag).toBe("DatabaseAway")
      wire.mend()
      expect(yield* commit).toEqual([{ _tag: "Appended", head: 1 }])
    }).pipe(Effect.provide(reached()))
  )

  it.live("that takes too long is of unknown outcome, and is cancelled", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const failure = yield* whileRowIsHeld(owner.roomId, () =>
        Effect.flip(log.commit([append(owner, post(owner.author, "slow"))]))
      )
      expect(failure._tag).toBe("OutcomeUnknown")
      expect(yield* textsOf(owner.roomId)).toEqual([])
      expect(yield* openRoom(owner.roomId)).toMatchObject({ epoch: 2, head: 0 })
    }).pipe(Effect.provide(reached({ commitTimeout: "200 millis" })))
  )

  it.live("goes on although whoever asked is interrupted", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const interruption = yield* whileRowIsHeld(owner.roomId, () =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(commitOne(append(owner, post(owner.author, "kept"))), {
            startImmediately: true
          })
          yield* commitWaits
          const interruption = yield* Effect.forkChild(Fiber.interrupt(waiting), { startImmediately: true })
          // A cancellation would travel on a connection of its own: give it the time.
          yield* Effect.sleep("100 millis")
          yield* commitWaits
          return interruption
        })
      )
      yield* Fiber.join(interruption)
      expect(yield* textsOf(owner.roomId)).toEqual(["kept"])
    }).pipe(Effect.provide(reached()))
  )

  it.live("is on disk when it is answered, whatever the server's default", () =>
    Effect.gen(function* () {
      const { writes } = yield* Database
      expect(yield* writes`SHOW synchronous_commit`).toEqual([{ synchronous_commit: "on" }])
    }).pipe(Effect.provide(reached()))
  )
})

describe("a read on PostgreSQL", () => {
  it.live("whose connection was lost is asked once more on another", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { wire } = yield* Surroundings
      const { roomId } = yield* startRoom
      wire.cutOnce({ words: roomId, when: "Answered" })
      expect(yield* rooms.find(roomId)).toMatchObject({ value: { room: { id: roomId } } })
    }).pipe(Effect.provide(reached()))
  )
})
