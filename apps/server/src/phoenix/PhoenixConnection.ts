// What is said on one connection that speaks Phoenix Channels: which topics it has joined, and what is pushed on them. The names and
// the order of what is answered are those of a Phoenix server (lib/phoenix/socket.ex, lib/phoenix/channel/server.ex).
import type { Inboxes } from "@messenger/chat/Inboxes"
import type { Asker, Rooms } from "@messenger/chat/Rooms"
import type { Cursor } from "@messenger/protocol/Cursor"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Cause, Effect, Exit, type Fiber, Option, Schema } from "effect"
import type { Connection, Dialect } from "../connections/Connection.ts"
import { Channel, type ChannelHost } from "./Channel.ts"
import * as ChannelEvents from "./ChannelEvents.ts"
import * as Place from "./Place.ts"
import * as Refusals from "./Refusals.ts"
import * as Serializer from "./Serializer.ts"

/** What a connection needs of its gateway. */
export interface PhoenixHost extends ChannelHost {
  readonly followsPerSocket: number
  /** Counts a message of a connection that leads nowhere; false when there were too many of late for a client that errs now and then. */
  readonly mayStray: (connectionId: number) => boolean
  /** Counts a use of the session of whoever asks. */
  readonly used: (asker: Asker) => void
  readonly run: (effect: Effect.Effect<void, never, Rooms | Inboxes>) => Fiber.Fiber<void>
  /** The connection has ended; told once. */
  readonly ended: (connection: PhoenixConnection) => void
}

/** One client of Phoenix. All methods are synchronous. */
export class PhoenixConnection implements Dialect {
  readonly connection: Connection
  readonly #host: PhoenixHost
  readonly #channels = new Map<string, Channel>()

  constructor(connection: Connection, host: PhoenixHost) {
    this.connection = connection
    this.#host = host
    // Who it is was settled before it was let in.
    connection.isGreeted = true
  }

  take(raw: string | Uint8Array): void {
    const message = Serializer.read(raw)
    if (message._tag === "BadFrame") return this.#misread(message)
    const asker = this.connection.principal
    if (asker === undefined) return
    const { event, topic } = message
    if (topic === "phoenix" && event === "heartbeat") return this.#stray({ ...message, joinRef: null }, "ok", {})
    this.#host.used(asker)
    if (event === "phx_join") return this.#join(asker, message)
    if (event === "phx_leave") return this.#leave(message)
    this.#push(asker, message)
  }

  ended(): void {
    for (const channel of this.#channels.values()) channel.close()
    this.#host.ended(this)
  }

  #join(asker: Asker, message: Serializer.Incoming): void {
    const idOrSlug = /^chat:(.+)$/s.exec(message.topic)?.[1]
    if (idOrSlug === undefined) return this.#stray({ ...message, joinRef: null }, "error", Refusals.unmatchedTopic)
    const earlier = this.#channels.get(message.topic)
    if (earlier !== undefined) this.#close(earlier)
    const params = readParams(message.payload)
    if (Option.isNone(params)) return this.#stray(message, "error", Refusals.badPayload(joinExpects))
    if (this.#channels.size >= this.#host.followsPerSocket) {
      return this.#refuse(message, Refusals.refusalOf(new RateLimited({ retryAfterMillis })))
    }
    const channel = new Channel(this.connection, this.#host, message, (each) => {
      if (this.#channels.get(each.topic) === each) this.#channels.delete(each.topic)
    })
    this.#channels.set(message.topic, channel)
    channel.follow(asker, idOrSlug, params.value)
  }

  #leave(message: Serializer.Incoming): void {
    const channel = this.#channels.get(message.topic)
    if (channel === undefined) return this.#stray(message, "ok", {})
    // The leave of a join that another one has replaced: it was told so.
    if (message.joinRef !== null && message.joinRef !== channel.joinRef) return
    channel.close()
    this.#reply(message, "ok", {})
    this.#say(Serializer.end(channel.joinRef, channel.topic, "phx_close"))
  }

  #push(asker: Asker, message: Serializer.Incoming): void {
    const channel = this.#channels.get(message.topic)
    if (channel?.roomId === undefined)
      return this.#stray({ ...message, joinRef: null }, "error", Refusals.unmatchedTopic)
    const push = ChannelEvents.read(message.event, message.payload)
    if (push._tag === "NoPush") {
      return this.#stray(
        message,
        "error",
        push.expects === undefined
          ? Refusals.unknownEvent(message.event, ChannelEvents.eventNames)
          : Refusals.badPayload(push.expects)
      )
    }
    this.connection.requested("call")
    const performed = ChannelEvents.perform(asker, channel.roomId, push).pipe(
      Effect.onExit((exit) => Effect.sync(() => this.#performed(message, push, exit))),
      Effect.exit,
      Effect.asVoid
    )
    this.#host.run(performed)
  }

  #performed(
    message: Serializer.Incoming,
    push: ChannelEvents.Push,
    exit: Exit.Exit<object, ChannelEvents.EventError>
  ): void {
    if (Exit.isSuccess(exit)) {
      if (push._tag === "Status") for (const channel of this.#channels.values()) channel.restate(push.status)
      this.#reply(message, "ok", exit.value)
    } else {
      const reason = exit.cause.reasons[0]
      this.#refuse(message, reason?._tag === "Fail" ? Refusals.refusalOf(reason.error) : Refusals.failed)
      if (reason?._tag === "Die") this.#host.run(Effect.logError("A push met a bug", Cause.die(reason.defect)))
    }
    this.connection.answered()
  }

  // Joined anew: the one before is over, whether its client knows it or not.
  #close(channel: Channel): void {
    channel.close()
    this.#say(Serializer.end(channel.joinRef, channel.topic, "phx_close"))
  }

  #misread({ reason, to }: Serializer.BadFrame): void {
    const refusal = Refusals.badFrame(reason)
    if (to !== undefined && to.ref !== null) this.#refuse(to, refusal)
    else this.#say(Serializer.broadcast("phoenix", { event: "bad_frame", payload: refusal }))
    this.connection.misspoke()
  }

  // Answered at no cost but the answer's, so that nothing else bounds how many there are. Many more than a client errs count as bad
  // frames, which end the connection.
  #stray(to: Serializer.Address, status: "ok" | "error", response: object): void {
    this.#reply(to, status, response)
    if (!this.#host.mayStray(this.connection.id)) this.connection.misspoke()
  }

  #refuse(to: Serializer.Address, refusal: Refusals.Refusal): void {
    this.#reply(to, "error", refusal)
  }

  // A push without a ref wants no answer.
  #reply(to: Serializer.Address, status: "ok" | "error", response: object): void {
    if (to.ref !== null) this.#say(Serializer.reply(to, status, JSON.stringify(response)))
  }

  #say(text: string): void {
    this.connection.fastlane.send(text)
  }
}

const joinExpects = '{"cursor"?: a cursor as it was given}'

const decodeParams = Schema.decodeUnknownOption(
  Schema.Struct({ cursor: Schema.optional(Schema.NullOr(Schema.String)) })
)

/** The cursor that a join brings, if any; none when it is no cursor. */
const readParams = (payload: unknown): Option.Option<Cursor | undefined> =>
  Option.flatMap(decodeParams(payload), ({ cursor }) =>
    cursor === undefined || cursor === null ? Option.some(undefined) : Place.parse(cursor)
  )

// A topic has to be left before there is room for another.
const retryAfterMillis = 10_000
