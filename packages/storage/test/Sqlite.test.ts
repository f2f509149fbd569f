import { UserId } from "@messenger/protocol/Account"
import { Accounts } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { MessageLog } from "@messenger/storage/MessageLog"
import * as Ports from "@messenger/storage/Ports"
import { Rooms } from "@messenger/storage/Rooms"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Database } from "@messenger/storage/Database"
import { describe, expect, it, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { migrate } from "../src/internal/migrate.ts"
import { makeSqliteDatabase } from "../src/internal/sqliteDatabase.ts"
import { makeThread } from "../src/internal/sqliteThread.ts"
import type { SqliteThread } from "../src/internal/sqliteThread.ts"
import { temporaryFolder } from "./folders.ts"
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
import { rowsContract } from "./rowsContract.ts"
import {
  append,
  commitOne,
  makeMember,
  makeRoom,
  newKey,
  newMember,
  openRoom,
  post,
  readAll,
  startRoom,
  unique
} from "./world.ts"

const fresh = Layer.unwrap(
  Effect.map(temporaryFolder, (dataDir) => Ports.layer.pipe(Layer.provideMerge(Sqlite.layerDatabase({ dataDir }))))
)

layer(fresh)("on SQLite", (it) => {
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

ownersContract("on SQLite", fresh)

/** The threads of a database, and a connection of another program to the same file. */
class Threads extends Context.Service<
  Threads,
  { readonly writer: SqliteThread; readonly reader: SqliteThread; readonly stranger: DatabaseSync }
>()("@messenger/storage/test/Threads") {}

const script = new URL("../src/internal/sqliteWorker.ts", import.meta.url)

/** A database that waits this long for another program which writes, in milliseconds. */
const openedWaiting = (busyTimeoutMillis: number) =>
  Ports.layer.pipe(
    Layer.provideMerge(
      Layer.effectContext(
        Effect.gen(function* () {
          const file = join(yield* temporaryFolder, "messenger.db")
          const writer = yield* makeThread(script, { file, access: "Write", busyTimeoutMillis })
          const reader = yield* makeThread(script, { file, access: "Read", busyTimeoutMillis })
          const database = yield* makeSqliteDatabase(writer, reader)
          yield* migrate(file).pipe(Effect.provideService(SqlClient.SqlClient, database.writes))
          const stranger = yield* Effect.acquireRelease(
            Effect.sync(() => new DatabaseSync(file)),
            (connection) => Effect.sync(() => connection.close())
          )
          return Context.make(Database, database).pipe(Context.add(Threads, { writer, reader, stranger }))
        })
      )
    )
  )

const opened = openedWaiting(5_000)

/** Holds the write lock as another program, runs `body`, and lets go. */
const whileLocked = Effect.fnUntraced(function* <Value, Failure, Needs>(body: Effect.Effect<Value, Failure, Needs>) {
  const { stranger } = yield* Threads
  stranger.exec("BEGIN IMMEDIATE")
  return yield* Effect.ensuring(
    body,
    Effect.sync(() => stranger.exec("COMMIT"))
  )
})

const turnOfTheLoop = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

describe("a SQLite thread", () => {
  it.live("that dies before it wrote leaves an unknown outcome; the log says that nothing happened, and goes on", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const key = newKey()
      const draft = post(owner.author, "one", key)
      const { writer } = yield* Threads
      const commit = yield* whileLocked(
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(Effect.flip(log.commit([append(owner, draft)])), {
            startImmediately: true
          })
          yield* Effect.forkChild(writer.kill, { startImmediately: true })
          return waiting
        })
      )
      expect((yield* Fiber.join(commit))._tag).toBe("OutcomeUnknown")
      const again = yield* openRoom(owner.roomId)
      expect(again).toMatchObject({ epoch: 2, head: 0 })
      expect(yield* log.keys(owner.roomId, [{ author: owner.author, key }])).toEqual([])
      expect((yield* commitOne(append({ ...owner, ...again }, draft)))._tag).toBe("Appended")
    }).pipe(Effect.provide(opened))
  )

  it.live("that dies at any moment of a commit leaves all of it or nothing, and the keys say which", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const { writer } = yield* Threads
      const rooms = [yield* startRoom, yield* startRoom]
      for (let round = 0; round < 24; round++) {
        const appends = yield* Effect.forEach(rooms, ({ roomId, author }) =>
          Effect.map(openRoom(roomId), (owner) =>
            append({ ...owner, roomId }, ...Array.from({ length: 60 }, (_, index) => post(author, `${round} ${index}`)))
          )
        )
        const commit = yield* Effect.forkChild(Effect.result(log.commit(appends)), { startImmediately: true })
        for (let turn = 0; turn < round % 12; turn++) yield* turnOfTheLoop
        yield* writer.kill
        const outcome = yield* Fiber.join(commit)
        const written = yield* Effect.forEach(appends, ({ roomId, head, entries }) =>
          Effect.gen(function* () {
            const known = yield* log.keys(roomId, entries)
            const now = yield* openRoom(roomId)
            expect(now.head - head).toBe(known.length)
            return known.length / entries.length
          })
        )
        expect([
          [0, 0],
          [1, 1]
        ]).toContainEqual(written)
        if (outcome._tag === "Success") expect(written).toEqual([1, 1])
        else expect(outcome.failure._tag).toBe("OutcomeUnknown")
      }
    }).pipe(Effect.provide(opened))
  )

  it.live("that dies at any moment of a registration leaves no half of it; what was asked is made once more", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const accounts = yield* Accounts
      const { writer } = yield* Threads
      for (let round = 0; round < 24; round++) {
        const ada = newMember()
        const guest = { id: UserId.make(unique("user")), name: "Ada", fold: ada.nameFold, at: 1 }
        const registration = yield* Effect.forkChild(credentials.register(ada), { startImmediately: true })
        for (let turn = 0; turn < round % 12; turn++) yield* turnOfTheLoop
        yield* writer.kill
        expect(yield* Fiber.join(registration)).toBe("Registered")
        expect(yield* credentials.find(ada.id)).toMatchObject({ value: { username: ada.username } })
        expect(yield* accounts.createGuest(guest)).toBe("NameTaken")
      }
    }).pipe(Effect.provide(opened))
  )

  it.live("keeps the steps of a small write together while commits and other writes want its turn", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const [ada, bo] = [yield* makeMember(), yield* makeMember()]
      const owner = yield* startRoom
      const log = yield* MessageLog
      const fold = unique("grace")
      for (let round = 0; round < 20; round++) {
        const { epoch, head } = yield* openRoom(owner.roomId)
        const [one, two, [outcome]] = yield* Effect.all(
          [
            accounts.setName(ada.id, "Grace", fold),
            accounts.setName(bo.id, "Grace", fold),
            log.commit([append({ ...owner, epoch, head }, post(owner.author, "meanwhile"))])
          ],
          { concurrency: "unbounded" }
        )
        expect([one, two].toSorted()).toEqual(["Changed", "NameTaken"])
        expect(outcome?._tag).toBe("Appended")
        yield* accounts.setName(ada.id, ada.name, ada.nameFold)
        yield* accounts.setName(bo.id, bo.name, bo.nameFold)
      }
    }).pipe(Effect.provide(opened))
  )

  it.live("that dies under a read is started again and asked once more", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { reader } = yield* Threads
      const roomId = yield* makeRoom()
      const waiting = yield* Effect.forkChild(rooms.list, { startImmediately: true })
      yield* reader.kill
      expect(yield* Fiber.join(waiting)).toMatchObject([{ room: { id: roomId } }])
    }).pipe(Effect.provide(opened))
  )

  it.live("that reads goes on while the one that writes waits for the disk", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const owner = yield* startRoom
      const commit = yield* whileLocked(
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(commitOne(append(owner, post(owner.author, "one"))), {
            startImmediately: true
          })
          expect(yield* rooms.list).toHaveLength(1)
          expect((yield* readAll(owner.roomId)).flatMap(({ messages }) => messages)).toEqual([])
          return waiting
        })
      )
      expect((yield* Fiber.join(commit))._tag).toBe("Appended")
    }).pipe(Effect.provide(opened))
  )

  it.live("that reads can write nothing", () =>
    Effect.gen(function* () {
      const { reads } = yield* Database
      const roomId = yield* makeRoom()
      const failure = yield* Effect.flip(reads`UPDATE rooms SET epoch = 7 WHERE id = ${roomId}`)
      expect(failure.message).toContain("readonly")
    }).pipe(Effect.provide(opened))
  )
})

describe("a SQLite database", () => {
  it.live("that another program holds for too long is away: nothing was written, and the same is taken later", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const owner = yield* startRoom
      const draft = post(owner.author, "one")
      const refused = yield* whileLocked(Effect.flip(log.commit([append(owner, draft)])))
      expect(refused._tag).toBe("DatabaseAway")
      expect((yield* commitOne(append(owner, draft)))._tag).toBe("Appended")
    }).pipe(Effect.provide(openedWaiting(50)))
  )

  it.live("that is full is away, with all of its rooms as they were, and goes on when there is room", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const { writes } = yield* Database
      const rooms = [yield* startRoom, yield* startRoom]
      const appends = rooms.map((owner) =>
        append(owner, ...Array.from({ length: 60 }, () => post(owner.author, "x".repeat(3_900))))
      )
      // No less than what it has already.
      yield* writes`PRAGMA max_page_count = 1`
      expect((yield* Effect.flip(log.commit(appends)))._tag).toBe("DatabaseAway")
      for (const { roomId } of rooms) expect((yield* readAll(roomId)).flatMap(({ messages }) => messages)).toEqual([])
      yield* writes`PRAGMA max_page_count = 100000`
      expect((yield* log.commit(appends)).map(({ _tag }) => _tag)).toEqual(["Appended", "Appended"])
    }).pipe(Effect.provide(opened))
  )

  it.live("answers rows as records or as lists, by the same statement, and after hundreds of others", () =>
    Effect.gen(function* () {
      const { reads } = yield* Database
      const statement = reads`SELECT 1 AS one, 'two' AS two`
      const [records, lists] = [[{ one: 1, two: "two" }], [[1, "two"]]]
      expect([yield* statement, yield* statement.values, yield* statement]).toEqual([records, lists, records])
      for (let number = 0; number < 300; number++) yield* reads.unsafe(`SELECT ${number} AS n`)
      expect([yield* statement.values, yield* statement]).toEqual([lists, records])
    }).pipe(Effect.provide(opened))
  )

  it.live("says what it cannot hold", () =>
    Effect.gen(function* () {
      const { reads } = yield* Database
      const failure = yield* Effect.flip(reads.unsafe("SELECT ? AS held", [{ not: "a column" }]))
      expect(String(failure.reason.cause)).toContain("SQLite cannot hold a value of type object")
      expect(yield* reads.unsafe("SELECT ? AS held", [new Uint8Array([1, 2])])).toEqual([
        { held: new Uint8Array([1, 2]) }
      ])
    }).pipe(Effect.provide(opened))
  )
})

describe("the fence on SQLite", () => {
  it.live("stops an owner that was replaced while its commit waited", () =>
    Effect.gen(function* () {
      const { stranger } = yield* Threads
      const owner = yield* startRoom
      const commit = yield* whileLocked(
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(commitOne(append(owner, post(owner.author, "late"))), {
            startImmediately: true
          })
          yield* turnOfTheLoop
          stranger.prepare("UPDATE rooms SET epoch = epoch + 1 WHERE id = ?").run(owner.roomId)
          return waiting
        })
      )
      expect(yield* Fiber.join(commit)).toEqual({ _tag: "Fenced" })
      expect((yield* readAll(owner.roomId)).flatMap(({ messages }) => messages)).toEqual([])
    }).pipe(Effect.provide(opened))
  )
})
