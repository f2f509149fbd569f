// One topic that a connection joins: from `phx_join` to its answer, then for as long as its room is followed, to the one event that
// ends it. It ends in one step: from then on its sink takes and forgets.
import { Rooms, type Asker } from "@messenger/chat/Rooms"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Status } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { Room, RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { Weather } from "@messenger/protocol/Unavailable"
import { Cause, Effect, Exit, type Fiber } from "effect"
import type { Connection } from "../connections/Connection.ts"
import { failed, refusalOf, type Refusal } from "./Refusals.ts"
import * as Serializer from "./Serializer.ts"
import type { TopicPresence } from "./TopicPresence.ts"
import { TopicSink } from "./TopicSink.ts"

/** Why a room cannot be followed, or no longer. */
export type FollowError = RoomNotFound | Forbidden | Weather

/** What a channel needs of its gateway. */
export interface ChannelHost {
  /** The presence of a topic, shared by all who joined it; given back by `leavePresence`. */
  readonly joinPresence: (topic: string) => TopicPresence
  readonly leavePresence: (topic: string) => void
  /** Runs until its first wait before it answers. */
  readonly run: (effect: Effect.Effect<void, never, Rooms>) => Fiber.Fiber<void>
  /** A token by which whoever came as a guest comes back as the same; undefined for all others. */
  readonly guestToken: string | undefined
}

export class Channel {
  readonly #connection: Connection
  readonly #host: ChannelHost
  readonly #join: Serializer.Address
  readonly #ended: (channel: Channel) => void
  #sink: TopicSink | undefined
  #room: Room | undefined
  #fiber: Fiber.Fiber<void> | undefined
  #hasJoined = false
  #hasEnded = false

  /** `ended` is told once, in the step in which the channel ends. */
  constructor(connection: Connection, host: ChannelHost, join: Serializer.Address, ended: (channel: Channel) => void) {
    this.#connection = connection
    this.#host = host
    this.#join = join
    this.#ended = ended
  }

  /** What its client calls this join by. */
  get joinRef(): Serializer.Ref {
    return this.#join.joinRef
  }

  get topic(): string {
    return this.#join.topic
  }

  /** The room, once the join has been answered; until then nothing can be pushed. */
  get roomId(): RoomId | undefined {
    return this.#hasJoined ? this.#room?.id : undefined
  }

  /** Follows the room of that id or slug until it ends; the join is answered. */
  follow(asker: Asker, idOrSlug: string, cursor: Cursor | undefined): void {
    this.#connection.requested("call")
    const feed = Effect.gen({ self: this }, function* () {
      const rooms = yield* Rooms
      const { room } = yield* rooms.find(asker, idOrSlug)
      return yield* Effect.acquireUseRelease(
        Effect.sync(() => this.#open(asker, room, cursor)),
        (sink) => rooms.follow(asker, room.id, cursor, sink),
        (sink) =>
          Effect.sync(() => {
            sink.close()
            this.#host.leavePresence(this.topic)
          })
      )
    })
    this.#fiber = this.#host.run(
      Effect.onExit(feed, (exit) => Effect.sync(() => this.#over(exit))).pipe(Effect.exit, Effect.asVoid)
    )
    if (this.#hasEnded) this.#fiber.interruptUnsafe()
  }

  /** The client chose a status. */
  restate(status: Status): void {
    this.#sink?.restate(status)
  }

  /** Ends it without a word: left, replaced by another join, or its connection is gone. Idempotent. */
  close(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#sink?.close()
    this.#fiber?.interruptUnsafe()
    if (!this.#hasJoined) this.#answered()
    this.#ended(this)
  }

  #open(asker: Asker, room: Room, cursor: Cursor | undefined): TopicSink {
    const sink = new TopicSink({
      fastlane: this.#connection.fastlane,
      topic: this.topic,
      room,
      cursor,
      presence: this.#host.joinPresence(this.topic),
      me: () => asker.user,
      joined: (state) => this.#joined(state)
    })
    if (this.#hasEnded) sink.close()
    this.#room = room
    this.#sink = sink
    return sink
  }

  #joined(state: string): void {
    const { guestToken } = this.#host
    this.#hasJoined = true
    const response = guestToken === undefined ? state : `{"token":${JSON.stringify(guestToken)},${state.slice(1)}`
    this.#connection.fastlane.send(Serializer.reply(this.#join, "ok", response))
    this.#answered()
  }

  // Not in the turn of the room that is just letting the reader in: what waits may be the leave of this very topic.
  #answered(): void {
    queueMicrotask(() => this.#connection.answered())
  }

  #over(exit: Exit.Exit<never, FollowError>): void {
    if (this.#hasEnded || Exit.isSuccess(exit)) return
    const reason = exit.cause.reasons[0]
    const error = reason?._tag === "Fail" ? reason.error : undefined
    if (this.#hasJoined) {
      const isGone = error?._tag === "RoomNotFound" || error?._tag === "Forbidden"
      this.#say(Serializer.end(this.joinRef, this.topic, isGone ? "phx_close" : "phx_error"))
    } else this.#refuse(error === undefined ? failed : refusalOf(error))
    if (error === undefined && !Cause.hasInterruptsOnly(exit.cause)) this.#report(exit.cause)
    this.close()
  }

  #refuse(refusal: Refusal): void {
    this.#say(Serializer.reply(this.#join, "error", JSON.stringify(refusal)))
  }

  #say(text: string): void {
    this.#connection.fastlane.send(text)
  }

  #report(cause: Cause.Cause<unknown>): void {
    this.#host.run(Effect.logError("A channel ended because of a bug", cause))
  }
}
