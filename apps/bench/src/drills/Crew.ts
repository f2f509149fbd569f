// The people of a drill: each follows and writes into every room of it, over one socket, whatever happens to the server meanwhile.
import { untilAnswered } from "@messenger/client/Request"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect, Fiber, Schema } from "effect"
import type { Scope } from "effect"
import * as Guests from "../load/Guests.ts"
import type { NoGuest } from "../load/Guests.ts"
import type { DrillServer } from "./DrillServer.ts"
import type { Evidence, Seen } from "./Evidence.ts"
import { Journal, seenOf } from "./Journal.ts"
import * as Person from "./Person.ts"

/** The drill could not be carried out; says nothing about the promises. */
export class DrillFailed extends Schema.TaggedError<DrillFailed>()("DrillFailed", { reason: Schema.String }) {
  override get message(): string {
    return `The drill could not be carried out: ${this.reason}.`
  }
}

/** How many chat, in how many rooms, and how fast. */
export interface CrewOptions {
  readonly people: number
  readonly rooms: number
  /** The mean pause of one person between two messages into one room. */
  readonly pauseMillis: number
}

/** People at work. */
export interface Crew {
  readonly rooms: ReadonlyArray<RoomId>
  readonly people: ReadonlyArray<Person.Person>
  readonly journal: Journal
  /** Tells all of them that trying to connect is worth while now. */
  readonly wake: Effect.Effect<void>
  /** Waits until that many more messages were acknowledged. */
  readonly acknowledged: (more: number) => Effect.Effect<void, DrillFailed>
  /** Lets them finish what they are at, reads every room's history, and waits for followers to have heard all of it. */
  readonly finish: Effect.Effect<Evidence, DrillFailed>
  /** Fails when one of them had to give up, which nobody should have to. */
  readonly gaveUp: Effect.Effect<never, DrillFailed>
}

/** One more than a busy machine needs for anything of this. */
const patience = "60 seconds"

/** Followers hear the last message a moment after its author does. */
const hearingMillis = 20_000

/** Makes the rooms and the people, who begin at once. The server must be ready. */
export const assemble = Effect.fnUntraced(function* (
  server: DrillServer,
  { people: peopleCount, rooms: roomCount, pauseMillis }: CrewOptions
): Effect.fn.Return<Crew, DrillFailed | NoGuest, Scope.Scope> {
  const bell = new Person.Bell()
  const journal = new Journal()
  let isOver = false
  const guests = yield* Guests.enter(server.url, "Crew", peopleCount)
  const people = yield* Effect.forEach(guests, (guest) => Person.connect(server.url, guest, bell), {
    concurrency: "unbounded"
  })
  const rooms = yield* Effect.forEach(
    Array.from({ length: roomCount }, (_, index) => index),
    (index) => createRoom(people, index)
  )
  const everywhere = people.flatMap((person) => rooms.map((roomId) => ({ person, roomId })))
  const pace = { pauseMillis, isOver: () => isOver }

  const reading = yield* Effect.forEach(everywhere, ({ person, roomId }) => Person.read(person, roomId, journal), {
    concurrency: "unbounded",
    discard: true
  }).pipe(Effect.forkScoped)
  yield* patiently(
    "followers",
    () => journal.followed.filter(({ cursor }) => cursor !== undefined).length === everywhere.length
  )
  const writing = yield* Effect.forEach(
    everywhere,
    ({ person, roomId }) => Person.write(person, roomId, journal, pace),
    { concurrency: "unbounded", discard: true }
  ).pipe(Effect.forkScoped)

  const finish = Effect.gen(function* () {
    isOver = true
    yield* Fiber.join(writing).pipe(
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(new DrillFailed({ reason: "not every message was answered" }))
      })
    )
    const readers = yield* Guests.enter(server.url, "Reader", rooms.length).pipe(
      Effect.mapError(({ answer }) => new DrillFailed({ reason: answer }))
    )
    const histories = yield* Effect.forEach(
      rooms,
      Effect.fnUntraced(function* (roomId, index) {
        const guest = readers[index]
        if (guest === undefined) return yield* new DrillFailed({ reason: "there is no reader" })
        return [roomId, yield* historyOf(yield* Person.connect(server.url, guest, bell), roomId)] as const
      })
    ).pipe(Effect.scoped)
    const evidence = { written: journal.written, histories: new Map(histories), followed: journal.followed }
    yield* Effect.timeoutOption(
      poll(() => evidence.followed.every((each) => each.told.length >= missing(evidence, each.roomId, each.from))),
      hearingMillis
    )
    return evidence
  })

  return {
    rooms,
    people,
    journal,
    wake: Effect.sync(() => bell.ring()),
    acknowledged: (more) =>
      Effect.suspend(() => {
        const enough = journal.acknowledgements + more
        return patiently("acknowledgements", () => journal.acknowledgements >= enough)
      }),
    finish,
    gaveUp: Effect.raceFirst(Fiber.join(reading), Effect.andThen(Fiber.join(writing), Effect.never)).pipe(
      Effect.catch((error) => Effect.fail(new DrillFailed({ reason: `somebody was told ${error._tag}` }))),
      Effect.andThen(Effect.never)
    )
  }
})

const missing = ({ histories }: Evidence, roomId: string, from: number): number =>
  (histories.get(roomId) ?? []).filter(({ number }) => number > from).length

const createRoom = Effect.fnUntraced(function* (people: ReadonlyArray<Person.Person>, index: number) {
  const maker = people[index % people.length]
  if (maker === undefined) return yield* new DrillFailed({ reason: "there is nobody to make a room" })
  const { id } = yield* untilAnswered(maker.connection, (rpcs) =>
    rpcs.CreateRoom({ name: `Drill ${maker.guest.userId} ${index}` })
  ).pipe(Effect.mapError(({ _tag }) => new DrillFailed({ reason: `no room could be made (${_tag})` })))
  return id
})

const pageSize = 100

/** The whole history of a room, oldest first, page by page. */
const historyOf = Effect.fnUntraced(function* (
  { connection }: Person.Person,
  roomId: RoomId
): Effect.fn.Return<ReadonlyArray<Seen>, DrillFailed> {
  const history: Array<Seen> = []
  let anchor: PageAnchor = { _tag: "After", number: 0 }
  while (true) {
    const page = yield* untilAnswered(connection, (rpcs) => rpcs.History({ roomId, anchor, limit: pageSize })).pipe(
      Effect.mapError(({ _tag }) => new DrillFailed({ reason: `the history of ${roomId} could not be read (${_tag})` }))
    )
    history.push(...page.messages.map(seenOf))
    const last = page.messages.at(-1)
    if (!page.hasNewer || last === undefined) return history
    anchor = { _tag: "After", number: last.number }
  }
})

const poll = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (!isSo()) yield* Effect.sleep(20)
  })

const patiently = (what: string, isSo: () => boolean): Effect.Effect<void, DrillFailed> =>
  poll(isSo).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new DrillFailed({ reason: `the ${what} did not come in time` }))
    })
  )
