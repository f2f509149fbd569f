// Posts to one room from a few connections, at a pace or as fast as they are answered.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { randomBytes } from "node:crypto"
import { WebSocket } from "ws"
import { dialects, post as postOf } from "./Dialect.ts"
import type { PeerName } from "./Dialect.ts"
import { nowMicros, stamped } from "./Stamp.ts"

/** A connection of the publisher ended, or never began. */
export class PublisherLost extends Schema.TaggedError<PublisherLost>()("PublisherLost", { reason: Schema.String }) {}

/** What became of posts. */
export interface Posted {
  /** How many became messages. */
  readonly accepted: number
  /** What was answered to the others, by tag. */
  readonly refusals: ReadonlyMap<string, number>
}

/** Posts to a room. */
export interface Publisher {
  /** One post every `everyMillis` for that long, whatever becomes of the last one; ends when all are answered. */
  readonly paced: (everyMillis: number, seconds: number) => Effect.Effect<Posted, PublisherLost>
  /** Keeps that many posts unanswered for that long; ends when all are answered. */
  readonly flood: (unanswered: number, seconds: number) => Effect.Effect<Posted, PublisherLost>
}

/** Posts that wait this long for an answer are given up, in milliseconds. */
const answerMillis = 20_000

/** Opens one connection for each cookie; they close with the scope. Posts go round. */
export const open = Effect.fnUntraced(function* (options: {
  readonly url: string
  readonly peer: PeerName
  readonly roomId: string
  readonly cookies: ReadonlyArray<string>
}): Effect.fn.Return<Publisher, PublisherLost, Scope.Scope> {
  const { url, peer, roomId, cookies } = options
  const dialect = dialects[peer]
  const tally = new Tally()
  const sockets = yield* Effect.forEach(
    cookies,
    (cookie) =>
      Effect.acquireRelease(connect(url, cookie, dialect.greeting, tally), (socket) =>
        Effect.sync(() => socket.terminate())
      ),
    { concurrency: 8 }
  )
  let requests = 0

  const post = () => {
    const socket = sockets[requests % sockets.length]
    const id = ++requests
    tally.sent++
    socket?.send(postOf(roomId, id, randomBytes(12).toString("base64url"), stamped(nowMicros())))
  }

  const counted = (load: Effect.Effect<void>): Effect.Effect<Posted, PublisherLost> =>
    Effect.gen(function* () {
      tally.reset()
      yield* load
      yield* until(() => tally.answered >= tally.sent)
      return { accepted: tally.accepted, refusals: new Map(tally.refusals) }
    })

  return {
    paced: (everyMillis, seconds) =>
      counted(
        Effect.gen(function* () {
          const start = nowMicros()
          const count = Math.round((seconds * 1_000) / everyMillis)
          for (let index = 0; index < count; index++) {
            // By the start and not by the last post, so that a late timer does not thin the load.
            const due = index * everyMillis - (nowMicros() - start) / 1_000
            if (due > 0) yield* Effect.sleep(due)
            post()
          }
        })
      ),
    flood: (unanswered, seconds) =>
      counted(
        Effect.gen(function* () {
          const end = nowMicros() + seconds * 1_000_000
          tally.onAnswer = () => {
            if (nowMicros() < end) post()
          }
          for (let index = 0; index < unanswered; index++) post()
          yield* Effect.sleep(seconds * 1_000)
          tally.onAnswer = () => undefined
        })
      )
  }
})

class Tally {
  sent = 0
  answered = 0
  accepted = 0
  refusals = new Map<string, number>()
  onAnswer: () => void = () => undefined

  reset(): void {
    this.sent = this.answered = this.accepted = 0
    this.refusals = new Map()
  }

  take(exit: (typeof Exit.Type)["exit"]): void {
    this.answered++
    if (exit._tag === "Success") this.accepted++
    else {
      const tag = exit.cause?.[0]?.error?._tag ?? exit.cause?.[0]?._tag ?? "Failure"
      this.refusals.set(tag, (this.refusals.get(tag) ?? 0) + 1)
    }
    this.onAnswer()
  }
}

const Reason = Schema.Struct({
  _tag: Schema.optionalKey(Schema.String),
  error: Schema.optionalKey(Schema.Struct({ _tag: Schema.String }))
})
const Exit = Schema.Struct({
  _tag: Schema.Literal("Exit"),
  exit: Schema.Struct({ _tag: Schema.String, cause: Schema.optionalKey(Schema.Array(Reason)) })
})
const isExit = Schema.is(Exit)

const connect = (
  url: string,
  cookie: string,
  greeting: string | undefined,
  tally: Tally
): Effect.Effect<WebSocket, PublisherLost> =>
  Effect.callback((resume) => {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/rpc`, {
      perMessageDeflate: false,
      headers: cookie === "" ? {} : { cookie, origin: url }
    })
    const begin = () => {
      socket.on("message", (frame: Buffer) => {
        const message: unknown = JSON.parse(frame.toString())
        if (isExit(message)) tally.take(message.exit)
      })
      resume(Effect.succeed(socket))
    }
    socket.once("error", (error) => resume(Effect.fail(new PublisherLost({ reason: error.message }))))
    socket.once("open", () => {
      if (greeting === undefined) return begin()
      socket.once("message", begin)
      socket.send(greeting)
    })
  })

const until = (isSo: () => boolean): Effect.Effect<void, PublisherLost> =>
  Effect.gen(function* () {
    while (!isSo()) yield* Effect.sleep(5)
  }).pipe(
    Effect.timeoutOrElse({
      duration: answerMillis,
      orElse: () => Effect.fail(new PublisherLost({ reason: "posts were not answered" }))
    })
  )
