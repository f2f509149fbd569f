// A room between two pipes: lines that come in are posted, one after the other, and what others write is printed.
import { BotClient } from "@messenger/client/BotClient"
import type { BotOptions } from "@messenger/client/BotClient"
import { memory } from "@messenger/client/Device"
import { changes } from "@messenger/client/Readable"
import { Effect, Stream } from "effect"
import { exitCode, Failure, failureOf, reasonOf } from "./Failure.ts"
import type { Piece } from "./Pieces.ts"
import { dressed, lineOf, plain } from "./Shown.ts"
import { note, pieces, print, readerGone } from "./Terminal.ts"

/** Where to chat, as whom, and what for. */
export interface ChatOptions {
  readonly server: string
  readonly room: string
  /** What a guest is called. */
  readonly name: string
  /** Who comes with a token is no guest. */
  readonly token: string | undefined
  /** Prints nothing of what others write. */
  readonly isQuiet: boolean
  /** Stays when nothing more comes in. */
  readonly follows: boolean
}

/** Chats until nothing more comes in and the server has all of it, or until it fails. */
export const chat = (options: ChatOptions): Effect.Effect<void, Failure> => {
  const { server, name, token } = options
  const who: Pick<BotOptions, "bearer" | "guest"> = token === undefined ? { guest: name } : { bearer: token }
  const connected = BotClient.layer({ server, ...who, store: memory })
  return inRoom(options).pipe(
    Effect.provide(connected),
    Effect.catch((error) => {
      switch (error._tag) {
        case "Failure":
          return Effect.fail(error)
        // As a program that is killed by SIGPIPE: nobody is left to be told.
        case "ReaderGone":
          return Effect.void
        case "InputBroken":
          return Effect.fail(new Failure({ code: 1, sentence: "Standard input cannot be read any more." }))
        default:
          return Effect.fail(failureOf(error, options))
      }
    })
  )
}

const inRoom = Effect.fnUntraced(function* (options: ChatOptions) {
  const bot = yield* BotClient
  const room = yield* bot.room(options.room)
  yield* Effect.addFinalizer(() => {
    const { length } = bot.client.outbox.entries.get()
    if (length === 0) return Effect.void
    process.exitCode = exitCode.cutOff
    return note(`Messages that may not have been sent: ${length}.`)
  })
  yield* Effect.forkScoped(tellOfLosses(bot))

  const dress = process.stdout.isTTY && process.env["NO_COLOR"] === undefined ? dressed : plain
  const printing = bot.events(room.id).pipe(
    Stream.filter((event) => !("message" in event) || event.message.author.id !== bot.user.id),
    Stream.runForEach((event) => {
      const line = lineOf(event, dress)
      return line === undefined ? Effect.void : print(line)
    }),
    // A room that is followed is followed until somebody ends it.
    Effect.andThen(Effect.never)
  )

  let refused = 0
  const post = ({ line, text }: Piece) =>
    Effect.asVoid(bot.post(room.id, text)).pipe(
      Effect.catchTags({
        MessageInvalid: (refusal) => refuse(line, reasonOf(refusal)),
        CommandRejected: (refusal) => refuse(line, reasonOf(refusal)),
        IdempotencyKeyReused: (refusal) => refuse(line, reasonOf(refusal)),
        Undeliverable: (refusal) => refuse(line, reasonOf(refusal))
      })
    )
  const refuse = (line: number, reason: string) => {
    refused++
    return note(`Line ${line} was refused: ${reason}.`)
  }
  const posting = Effect.andThen(Stream.runForEach(pieces, post), options.follows ? Effect.never : Effect.void)

  yield* Effect.raceFirst(readerGone, options.isQuiet ? posting : Effect.raceFirst(posting, printing))
  if (refused > 0) {
    const sentence = refused === 1 ? "One line was refused." : `${refused} lines were refused.`
    return yield* new Failure({ code: exitCode.refusedLines, sentence })
  }
}, Effect.scoped)

/** Says when the connection is lost, and when it is back. */
const tellOfLosses = (bot: BotClient["Service"]): Effect.Effect<void> => {
  let isAway = false
  return Stream.runForEach(changes(bot.client.connection.state), ({ _tag }) => {
    const wasAway = isAway
    isAway = _tag === "Waiting" || _tag === "Offline" || (isAway && _tag === "Connecting")
    if (isAway === wasAway || _tag === "Refused") return Effect.void
    return note(isAway ? "Disconnected, and trying again." : "Connected again.")
  })
}
