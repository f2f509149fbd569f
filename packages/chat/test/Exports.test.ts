import { Exports } from "@messenger/chat/Exports"
import type { Export } from "@messenger/chat/Exports"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { Webhooks } from "@messenger/chat/Webhooks"
import { LogId } from "@messenger/protocol/Cursor"
import type { RoomId } from "@messenger/protocol/Room"
import { RoomExport } from "@messenger/protocol/RoomExport"
import type { ExportFormat } from "@messenger/protocol/RoomExport"
import { AuditLog } from "@messenger/storage/AuditLog"
import * as Memory from "@messenger/storage/Memory"
import { LogPages } from "@messenger/storage/MessageLog"
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Context, DateTime, Effect, Exit, Fiber, Layer, Option, Redacted, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, layer, lobby, over } from "./Server.ts"
import { Browser, member, withRole } from "./Visitors.ts"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

/** What tests do to the reading of the log, and see of it. */
class Pages extends Context.Service<Pages, PagesState>()("test/Pages") {}

class PagesState {
  /** How many were read. */
  read = 0
  /** How many of the next reads find the database away. */
  away = 0
  /** The number of a row that does not decode. */
  spoilt = 0
  /** Whether the log was restored, and has another id. */
  isOther = false
}

const watched = Layer.effect(
  LogPages,
  Effect.gen(function* () {
    const log = yield* LogPages
    const pages = yield* Pages
    return LogPages.of({
      page: Effect.fnUntraced(function* (roomId, anchor, limit) {
        if (pages.away > 0) {
          pages.away--
          return yield* new DatabaseAway({ operation: "page", cause: "the test took it away" })
        }
        pages.read++
        const spoil = <Row extends { readonly number: number }>(row: Row) =>
          row.number === pages.spoilt ? { ...row, state: "Unreadable" as const, text: "" } : row
        return Option.map(yield* log.page(roomId, anchor, limit), (page) => ({
          ...page,
          cursor: pages.isOther ? { ...page.cursor, log: LogId.make("another-log-than-before") } : page.cursor,
          messages: page.messages.map(spoil)
        }))
      })
    })
  })
)

const watchedLayer = over(
  watched.pipe(Layer.provideMerge(Layer.sync(Pages, () => new PagesState())), Layer.provideMerge(Memory.layer))
)

const post = (asker: Asker, roomId: RoomId, text: string) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(asker, { roomId, key: freshKey(), text }))

const postMany = (asker: Asker, roomId: RoomId, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index + 1),
    (index) => Effect.andThen(post(asker, roomId, `message ${index}`), TestClock.adjust("1 second"))
  )

const open = (asker: Asker, roomId: RoomId, format: ExportFormat = "json") =>
  Effect.flatMap(Exports, (exports) => exports.open(asker, roomId, format))

const whole = ({ text }: Export) => Effect.map(Stream.runCollect(text), (parts) => parts.join(""))

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(RoomExport))

/** The export of a room as whoever takes it reads it. */
const exported = (asker: Asker, roomId: RoomId) =>
  Effect.map(Effect.scoped(Effect.flatMap(open(asker, roomId), whole)), decode)

const page = (asker: Asker, roomId: RoomId) => Effect.scoped(Effect.flatMap(open(asker, roomId, "html"), whole))

/** A room of Ada's. */
const ownRoom = Effect.fnUntraced(function* (name = "Deployments", isPrivate = false) {
  const rooms = yield* Rooms
  const { asker } = yield* member("ada")
  return { asker, room: yield* rooms.create(asker, { name, isPrivate }) }
})

describe("the export of a room", () => {
  it.effect("is its whole conversation in order, with who wrote it, edits, deletions and what cannot be read", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const webhooks = yield* Webhooks
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      const { token } = yield* webhooks.createIncoming(asker, room.id, "Builds")
      const first = yield* post(asker, room.id, "Good morning\n\t– all of you")
      yield* post(ben.asker, room.id, "hello")
      const gone = yield* post(ben.asker, room.id, "a secret")
      yield* webhooks.post(yield* webhooks.admit(Redacted.make(token), "10.0.0.7"), {
        text: "Build 42 is green.",
        key: freshKey(),
        alias: { name: "CI", emoji: "🚀" }
      })
      const spoilt = yield* post(ben.asker, room.id, "will not decode")
      yield* TestClock.adjust("1 minute")
      yield* rooms.edit(asker, { roomId: room.id, key: freshKey(), number: first.number, text: "Good morning, all" })
      yield* rooms.remove(asker, { roomId: room.id, key: freshKey(), number: gone.number })
      pages.spoilt = spoilt.number

      const { exportedAt, head, messages, people, room: about, version } = yield* exported(asker, room.id)
      const { change: _, ...stays } = room
      expect([version, head, about, DateTime.formatIso(exportedAt)]).toEqual([1, 7, stays, "1970-01-01T00:01:00.000Z"])
      const nameOf = (id: string) => people.find((person) => person.id === id)?.name
      expect(
        messages.map(({ author, editedAt, number, state, text }) => [
          number,
          nameOf(author),
          state,
          text,
          editedAt === null ? null : DateTime.formatIso(editedAt)
        ])
      ).toEqual([
        [1, "ada", "Present", "Good morning, all", "1970-01-01T00:01:00.000Z"],
        [2, "ben", "Present", "hello", null],
        [3, "ben", "Deleted", "", null],
        [4, "Builds", "Present", "Build 42 is green.", null],
        [5, "ben", "Unreadable", "", null]
      ])
      expect(messages.map(({ alias }) => alias)).toEqual([
        undefined,
        undefined,
        undefined,
        { name: "CI", emoji: "🚀" },
        undefined
      ])
      expect(messages.map(({ at }) => DateTime.formatIso(at))).toEqual(messages.map(() => "1970-01-01T00:00:00.000Z"))
      expect(people.map(({ isApp, isGuest, name }) => [name, isGuest, isApp])).toEqual([
        ["ada", false, false],
        ["ben", false, false],
        ["Builds", false, true]
      ])

      const text = yield* page(asker, room.id)
      for (const seen of [
        "Good morning, all",
        "This message was deleted.",
        "This message cannot be read.",
        ">CI<",
        "via <bdi>Builds</bdi>"
      ]) {
        expect(text).toContain(seen)
      }
      for (const unseen of ["a secret", "will not decode"]) expect(text).not.toContain(unseen)
      expect(text).toMatch(/5 messages by 3 authors\.<\/footer><\/body><\/html>$/)
    }).pipe(Effect.provide(watchedLayer))
  )

  it.effect("of a room in which nobody has written says so", () =>
    Effect.gen(function* () {
      const { asker, room } = yield* ownRoom()
      expect(yield* exported(asker, room.id)).toMatchObject({ head: 0, messages: [], people: [] })
      expect(yield* page(asker, room.id)).toContain("Nobody has written here.")
    }).pipe(Effect.provide(layer))
  )

  it.effect("bears the name of its room and its day, and that of a private room nothing of its link", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { asker, room } = yield* ownRoom("Größe & Preis", true)
      const { fileName, mediaType, policy } = yield* open(asker, room.id, "html")
      expect([fileName, mediaType]).toEqual(["größe-preis-1970-01-01.html", "text/html; charset=utf-8"])
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /)
      const nameless = yield* rooms.create(asker, { name: "🚀", isPrivate: true })
      expect((yield* open(asker, nameless.id)).fileName).toBe(`${nameless.id}-1970-01-01.json`)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("ends where the log stood when it began, however long it is and whatever is posted meanwhile", () =>
    Effect.gen(function* () {
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* postMany(ben.asker, room.id, 250)
      const { text } = yield* open(asker, room.id)
      expect(pages.read).toBe(1)
      const parts = yield* Stream.runCollect(
        Stream.tap(text, () => Effect.andThen(TestClock.adjust("1 second"), post(ben.asker, room.id, "meanwhile")))
      )
      const { head, messages } = decode(parts.join(""))
      expect([head, messages.length, pages.read]).toEqual([250, 250, 3])
      expect(messages.map(({ number }) => number)).toEqual(Array.from({ length: 250 }, (_, index) => index + 1))
    }).pipe(Effect.scoped, Effect.provide(watchedLayer))
  )

  it.effect("never tells a text that was deleted before its page was read, nor one as it was before an edit", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* postMany(ben.asker, room.id, 150)
      for (const format of ["json", "html"] as const) {
        const [deleted, edited] = format === "json" ? [140, 141] : [142, 143]
        const { text } = yield* open(asker, room.id, format)
        let taken = 0
        const parts = yield* Stream.runCollect(
          Stream.tap(text, () =>
            Effect.gen(function* () {
              // The heading, and the first page.
              if (++taken !== 2) return
              yield* rooms.remove(asker, { roomId: room.id, key: freshKey(), number: deleted })
              yield* rooms.edit(ben.asker, { roomId: room.id, key: freshKey(), number: edited, text: "mended" })
            })
          )
        )
        const told = parts.join("")
        expect(
          [`message ${deleted}`, `message ${edited}`, "mended", "message 144"].map((part) => told.includes(part))
        ).toEqual([false, false, true, true])
      }
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("reads no page before somebody takes what came of the one before", () =>
    Effect.gen(function* () {
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* postMany(ben.asker, room.id, 500)
      const { text } = yield* open(asker, room.id)
      yield* Stream.runDrain(Stream.take(text, 3))
      expect(pages.read).toBe(2)
    }).pipe(Effect.scoped, Effect.provide(watchedLayer))
  )
})

describe("who may export a room", () => {
  it.effect("are its owners and those who run the server; of a private room its members among them", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const members = yield* Members
      const { asker, room } = yield* ownRoom()
      const secret = yield* rooms.create(asker, { name: "Secret", isPrivate: true })
      const ben = yield* member("ben")
      const admin = yield* withRole("admin", "admin")
      const guest = new Browser()
      yield* guest.guest("Visitor")
      const { asker: visitor } = yield* guest.connect()
      const guests = yield* rooms.create(visitor, { name: "Of a guest", isPrivate: false })

      expect(yield* tagOf(open(ben.asker, room.id))).toBe("Forbidden")
      yield* members.setRole(asker, room.id, ben.asker.user.id, "moderator")
      expect(yield* tagOf(open(ben.asker, room.id))).toBe("Forbidden")
      yield* members.setRole(asker, room.id, ben.asker.user.id, "owner")
      yield* open(ben.asker, room.id)
      yield* open(admin.asker, room.id)
      yield* open(admin.asker, lobby)
      expect(yield* tagOf(open(admin.asker, secret.id))).toBe("RoomNotFound")
      expect(yield* tagOf(open(visitor, guests.id))).toBe("Forbidden")
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("may no longer in the middle of it, once they have lost the right", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { asker, room } = yield* ownRoom("Plans", true)
      const ben = yield* member("ben")
      yield* members.add(asker, room.id, { _tag: "Username", username: "ben" })
      yield* members.setRole(asker, room.id, ben.asker.user.id, "owner")
      yield* postMany(asker, room.id, 150)
      for (const [role, tag] of [
        ["member", "Forbidden"],
        [null, "RoomNotFound"]
      ] as const) {
        yield* members.setRole(asker, room.id, ben.asker.user.id, "owner")
        const { text } = yield* open(ben.asker, room.id)
        let told = ""
        const reading = Stream.runForEach(text, (part) => {
          told += part
          return role === null
            ? Effect.ignore(members.remove(asker, room.id, ben.asker.user.id))
            : members.setRole(asker, room.id, ben.asker.user.id, role)
        })
        expect(yield* tagOf(reading)).toBe(tag)
        expect(told).not.toContain("message 101")
      }
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("are in the audit log with what they took, and so is the command line, as nobody", () =>
    Effect.gen(function* () {
      const exports = yield* Exports
      const log = yield* AuditLog
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* open(asker, room.id, "html")
      yield* tagOf(open(ben.asker, room.id))
      const { text } = yield* exports.openAsOperator(room.slug, "json")
      expect(decode((yield* Stream.runCollect(text)).join("")).room.id).toBe(room.id)
      expect(yield* tagOf(exports.openAsOperator("nowhere", "json"))).toBe("RoomNotFound")
      const entries = (yield* log.page(null, 10)).entries.filter(({ action }) => action === "RoomExported")
      expect(entries.map(({ actor, address, detail, room: about }) => [actor?.name, address, detail, about])).toEqual([
        [undefined, null, "json", room.id],
        ["ada", "10.0.0.1", "html", room.id]
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  )

  it.effect("may have two under way at once, and begin ten in a minute", () =>
    Effect.gen(function* () {
      const { asker, room } = yield* ownRoom()
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* open(asker, room.id)
          yield* open(asker, room.id, "html")
          expect(yield* tagOf(open(asker, room.id))).toBe("RateLimited")
          const admin = yield* withRole("admin", "admin")
          yield* open(admin.asker, room.id)
        })
      )
      for (let begun = 2; begun < 10; begun++) yield* Effect.scoped(open(asker, room.id))
      expect(yield* tagOf(Effect.scoped(open(asker, room.id)))).toBe("RateLimited")
      // What was refused keeps no place.
      yield* TestClock.adjust("1 minute")
      yield* open(asker, room.id)
      yield* open(asker, room.id)
    }).pipe(Effect.scoped, Effect.provide(layer))
  )
})

describe("a database", () => {
  it.effect("that is away is told before anything of the export is", () =>
    Effect.gen(function* () {
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      pages.away = 1
      expect(yield* tagOf(open(asker, room.id))).toBe("StorageUnavailable")
      yield* open(asker, room.id)
    }).pipe(Effect.scoped, Effect.provide(watchedLayer))
  )

  it.effect("that was restored in the middle of one ends it: its numbers are those of other messages", () =>
    Effect.gen(function* () {
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* postMany(ben.asker, room.id, 150)
      const { text } = yield* open(asker, room.id)
      pages.isOther = true
      expect(yield* tagOf(Stream.runDrain(text))).toBe("StorageUnavailable")
    }).pipe(Effect.scoped, Effect.provide(watchedLayer))
  )

  it.effect("that is away is waited for some seconds in the middle of one, and then ends it", () =>
    Effect.gen(function* () {
      const pages = yield* Pages
      const { asker, room } = yield* ownRoom()
      const ben = yield* member("ben")
      yield* postMany(ben.asker, room.id, 150)
      const read = Effect.fnUntraced(function* (away: number) {
        const { text } = yield* open(asker, room.id)
        pages.away = away
        const reading = yield* Effect.forkChild(Stream.runCollect(text))
        yield* TestClock.adjust("10 seconds")
        return yield* Fiber.await(reading)
      })
      const patient = yield* read(3)
      expect(decode(Exit.isSuccess(patient) ? patient.value.join("") : "").messages.length).toBe(150)
      const lost = yield* read(1_000)
      expect(Exit.isFailure(lost) && Cause.squash(lost.cause)).toMatchObject({ _tag: "StorageUnavailable" })
    }).pipe(Effect.scoped, Effect.provide(watchedLayer))
  )
})
