// Somebody who chats in several rooms at once over one socket, as the clients of this project do it: follows by cursor through
// every loss, and sends each message under its own key until it is answered, before the next into the same room.
import * as Dial from "@messenger/client/Dial"
import { Connection } from "@messenger/client/Connection"
import { asQueue, follow } from "@messenger/client/Follow"
import { clientKey } from "@messenger/client/Keys"
import { untilAnswered } from "@messenger/client/Request"
import type { Signal, Signals } from "@messenger/client/Signals"
import { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Effect, Layer, Random } from "effect"
import type { Scope } from "effect"
import type { Guest } from "../load/Guests.ts"
import { Following, Writing } from "./Journal.ts"
import type { Journal } from "./Journal.ts"

/** Wakes everybody's connection at once, as a network that came back does. */
export class Bell {
  readonly #listeners = new Set<(signal: Signal) => void>()

  readonly signals: Signals = (listener) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  ring(): void {
    for (const listener of this.#listeners) listener("Woke")
  }
}

/** A person with an open connection. */
export interface Person {
  readonly guest: Guest
  readonly connection: Connection["Service"]
  /** How often the connection was lost. */
  readonly losses: () => number
}

/** Connects as that guest, and stays connected until the scope closes. */
export const connect = Effect.fnUntraced(function* (
  url: string,
  guest: Guest,
  bell: Bell
): Effect.fn.Return<Person, never, Scope.Scope> {
  const headers = { cookie: guest.cookie, origin: url }
  const context = yield* Layer.build(
    Connection.layer({ account: UserId.make(guest.userId), signals: bell.signals }).pipe(
      Layer.provide(Dial.layer({ server: url, headers }))
    )
  )
  const connection = Context.get(context, Connection)
  let losses = 0
  let wasOpen = false
  connection.state.subscribe(() => {
    const isOpen = connection.state.get()._tag === "Open"
    if (wasOpen && !isOpen) losses++
    wasOpen = isOpen
  })
  connection.connect()
  yield* connection.session
  return { guest, connection, losses: () => losses }
})

/** Follows a room and writes down all it is told. */
export const read = ({ guest, connection }: Person, roomId: RoomId, journal: Journal) =>
  Effect.suspend(() => {
    const following = new Following(guest.name, roomId)
    journal.followed.push(following)
    return follow(connection, {
      open: (rpcs) =>
        rpcs.FollowRoom(following.cursor === undefined ? { roomId } : { roomId, cursor: following.cursor }, asQueue),
      onFrames: (frames) => {
        for (const frame of frames) following.take(frame)
        return true
      },
      onInterruption: () => {
        following.interruptions++
      }
    })
  })

/** A message is sent once more after its answer, as if that had been lost, every so often. */
const repeatShare = 0.1

/** Posts one message until it is answered, and now and then once more. */
export const post = Effect.fnUntraced(function* (
  { guest, connection }: Person,
  roomId: RoomId,
  text: string,
  journal: Journal,
  times?: number
) {
  const key = clientKey()
  const writing = new Writing({ roomId, author: guest.userId, key, text })
  journal.written.push(writing)
  const send = untilAnswered(connection, (rpcs) => rpcs.PostMessage({ roomId, key, text })).pipe(
    Effect.match({
      onSuccess: ({ number }) => {
        journal.acknowledgements++
        writing.answers.push(number)
      },
      onFailure: ({ _tag }) => void writing.answers.push(_tag)
    })
  )
  const count = times ?? ((yield* Random.next) < repeatShare ? 2 : 1)
  for (let sent = 0; sent < count; sent++) yield* send
  return writing
})

/** Writes into a room, with short pauses, until it is told that it is over; the last message is answered then. */
export const write = Effect.fnUntraced(function* (
  person: Person,
  roomId: RoomId,
  journal: Journal,
  pace: { readonly pauseMillis: number; readonly isOver: () => boolean }
) {
  for (let count = 1; !pace.isOver(); count++) {
    yield* post(person, roomId, `${person.guest.name} says ${count}`, journal)
    yield* Effect.sleep((yield* Random.next) * 2 * pace.pauseMillis)
  }
})
