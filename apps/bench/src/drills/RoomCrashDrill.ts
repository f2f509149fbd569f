// Rooms are made to crash while people chat in all of them, several in the same second, and two people send poison. What was
// acknowledged must be there, once, in order; and nobody but the crashed rooms may notice: no socket closes, no other room and
// nothing else restarts.
import type { RoomId } from "@messenger/protocol/Room"
import { Effect, Fiber, Random } from "effect"
import type { Scope } from "effect"
import type { ChildFailed } from "../Child.ts"
import type { NoGuest } from "../load/Guests.ts"
import * as Crew from "./Crew.ts"
import { DrillFailed } from "./Crew.ts"
import * as DrillServer from "./DrillServer.ts"
import type { NoMetrics } from "./DrillServer.ts"
import { countsOf, violationsOf } from "./Evidence.ts"
import type { DrillDatabase } from "./KillDrill.ts"
import type { Writing } from "./Journal.ts"
import { post } from "./Person.ts"
import { verdict } from "./Verdict.ts"
import type { Verdict } from "./Verdict.ts"

/** How long the drill is. */
export interface RoomCrashDrillOptions {
  readonly database: DrillDatabase
  /** For how long rooms are made to crash. */
  readonly seconds: number
}

/** What the drill's server takes for poison. */
const poison = "☠ poison"

/** How often the poison is sent under its one key: refused for good is refused each time. */
const poisonTimes = 3

/** Rooms by what happens to them; each kind has two. */
const kinds = ["crashed", "crashed too", "poisoned", "left alone"] as const
const perKind = 2

const crewOptions: Crew.CrewOptions = { people: 4, rooms: kinds.length * perKind, pauseMillis: 40 }

/** A room that restarts more than five times within 30 s rests, which is another promise; so no room crashes as often. */
const mostCrashes = 4
const withinMillis = 35_000

/** A restart takes milliseconds; between two crashes of a room at least this long, so that each meets a running one. */
const recoverMillis = 400

/** Crashes rooms for that long. */
export const run = Effect.fnUntraced(function* ({
  database,
  seconds
}: RoomCrashDrillOptions): Effect.fn.Return<Verdict, DrillFailed | ChildFailed | NoGuest | NoMetrics, Scope.Scope> {
  const server = yield* DrillServer.make(database.settings)
  yield* server.start
  const crew = yield* Crew.assemble(server, crewOptions)
  const roomsOf = (...wanted: ReadonlyArray<(typeof kinds)[number]>) =>
    crew.rooms.filter((_, index) => wanted.some((kind) => kind === kinds[Math.floor(index / perKind)]))
  const crashable = roomsOf("crashed", "crashed too")

  const drill = Effect.gen(function* () {
    yield* crew.acknowledged(100)
    const before = yield* server.metrics
    const poisoning = yield* Effect.forEach(roomsOf("poisoned"), (roomId) => sendPoison(crew, roomId), {
      concurrency: "unbounded"
    }).pipe(Effect.forkScoped)
    const crashes = yield* crashRooms(server, crashable, seconds)
    const poisoned = yield* Fiber.join(poisoning)
    yield* crew.acknowledged(100)
    const after = yield* server.metrics
    const evidence = yield* crew.finish
    return { before, after, crashes, poisoned, evidence }
  })
  const { before, after, crashes, poisoned, evidence } = yield* drill.pipe(
    Effect.raceFirst(server.ended),
    Effect.raceFirst(crew.gaveUp)
  )

  const restarts = restartsBetween(before, after)
  const ofRooms = restarts.get("room") ?? 0
  const byPoison = ofRooms - crashes.length
  const mostAtOnce = Math.max(
    ...crashes.map(({ atMillis }) => crashes.filter((each) => Math.abs(each.atMillis - atMillis) < 500).length)
  )
  return verdict(
    `rooms that crash cost nobody else anything, on ${database.name}`,
    [
      `${crashes.length} crashes in ${crashable.length} of ${crew.rooms.length} rooms, up to ${mostAtOnce} within a second; ` +
        `poison crashed its rooms ${byPoison} times.`,
      ...countsOf(evidence)
    ],
    [
      ...violationsOf(evidence),
      ...poisonAnswers(poisoned),
      ...socketsClosed(crew),
      ...bystanders(crew, [...crashable, ...roomsOf("poisoned")]),
      ...otherRestarts(restarts),
      ...(byPoison < poisoned.length ? [`Poison crashed only ${byPoison} rooms, so little is proved.`] : []),
      ...(byPoison > poisoned.length * maxCrashesByPoison
        ? [`Poison crashed its rooms ${byPoison} times, more than ${maxCrashesByPoison} for each.`]
        : []),
      ...quarantines(after)
    ]
  )
}, Effect.scoped)

/** Once in a batch, and then alone as often as a caller may try again. */
const maxCrashesByPoison = 4

interface Crash {
  readonly roomId: RoomId
  readonly atMillis: number
}

const crashRooms = Effect.fnUntraced(function* (
  server: DrillServer.DrillServer,
  rooms: ReadonlyArray<RoomId>,
  seconds: number
) {
  const crashes: Array<Crash> = []
  for (let elapsed = 0; elapsed < seconds * 1_000; elapsed += recoverMillis) {
    const recent = crashes.filter(({ atMillis }) => elapsed - atMillis < withinMillis)
    const able = rooms.filter((each) => recent.filter(({ roomId }) => roomId === each).length < mostCrashes)
    // Two or three at a time, or none: at random, and several in the same second.
    const some = (yield* Random.shuffle(able)).slice(0, Math.floor((yield* Random.next) * 4))
    if (some.length > 0) {
      const crashed = yield* server.crash(some)
      crashes.push(
        ...some.filter((roomId) => crashed.includes(roomId)).map((roomId) => ({ roomId, atMillis: elapsed }))
      )
    }
    yield* Effect.sleep(recoverMillis)
  }
  return crashes
})

const sendPoison = Effect.fnUntraced(function* (crew: Crew.Crew, roomId: RoomId) {
  const [person] = yield* Random.shuffle(crew.people)
  if (person === undefined) return yield* new DrillFailed({ reason: "there is nobody to send poison" })
  yield* Effect.sleep((yield* Random.next) * 1_000)
  return yield* post(person, roomId, poison, crew.journal, poisonTimes)
})

const poisonAnswers = (poisoned: ReadonlyArray<Writing>): ReadonlyArray<string> =>
  poisoned
    .filter(({ answers }) => answers.length !== poisonTimes || answers.some((answer) => answer !== "CommandRejected"))
    .map(
      ({ roomId, answers }) =>
        `The poison in room ${roomId} was answered ${answers.join(", ")} and not refused for good.`
    )

const socketsClosed = ({ people, journal }: Crew.Crew): ReadonlyArray<string> => [
  ...people
    .filter((person) => person.losses() > 0)
    .map((person) => `The socket of ${person.guest.name} was closed ${person.losses()} times.`),
  ...journal.followed
    .filter(({ interruptions }) => interruptions > 0)
    .map(({ follower, roomId, interruptions }) => `${follower} was let go of ${interruptions} times by room ${roomId}.`)
]

// A room that restarts says a new epoch to those who follow it.
const bystanders = ({ journal }: Crew.Crew, touched: ReadonlyArray<RoomId>): ReadonlyArray<string> =>
  journal.followed
    .filter(({ roomId, epochs }) => !touched.some((each) => each === roomId) && epochs.length !== 1)
    .map(
      ({ follower, roomId, epochs }) =>
        `${follower} heard ${epochs.length} owners of room ${roomId}, which nobody crashed.`
    )

const kindOfRestart = /^otp_restarts_total\{.*kind="([^"]*)".*\}$/

const restartsBetween = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>
): ReadonlyMap<string, number> =>
  new Map(
    [...after].flatMap(([series, value]) => {
      const kind = kindOfRestart.exec(series)?.[1]
      return kind === undefined ? [] : [[kind, value - (before.get(series) ?? 0)] as const]
    })
  )

const otherRestarts = (restarts: ReadonlyMap<string, number>): ReadonlyArray<string> =>
  [...restarts]
    .filter(([kind, count]) => kind !== "room" && count > 0)
    .map(([kind, count]) => `${count} restarts of kind ${kind}, which nobody crashed.`)

const quarantines = (metrics: ReadonlyMap<string, number>): ReadonlyArray<string> =>
  [...metrics]
    .filter(([series, count]) => series.startsWith("otp_quarantined") && count > 0)
    .map(([series, count]) => `${count} rooms rest (${series}).`)
