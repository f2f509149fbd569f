// A room between two pipes: lines that come in are posted, one after the other, and what others write is printed.
import { BotClient } from "@messenger/client/BotClient"
import { memory } from "@messenger/client/Device"
import { changes } from "@messenger/client/Readable"
import type { RoomEvent } from "@messenger/client/RoomEvents"
import type { User } from "@messenger/protocol/Account"
import { Effect, Layer, Stream } from "effect"
import { exitCode, Failure, failureOf, reasonOf } from "./Failure.ts"
import { cookieOf } from "./Guest.ts"
import type { Piece } from "./Pieces.ts"
import { dressed, lineOf, nameOf, plain } from "./Shown.ts"
import { note, pieces, print, readerGone } from "./Terminal.ts"
import { visible } from "./Visible.ts"

/** Where to chat, as whom, and what for. */
export interface ChatOptions {
  readonly server: string
  readonly room: string
  /** What a guest is called. */
  readonly name: string
  /** Who comes with a token is no guest. */
  readonly token: string | undefined
  /** A person reads and writes, and no pipe: they are told where they are, and what was written before. */
  readonly isAtKeyboard: boolean
  /** Prints nothing of what others write. */
  readonly isQuiet: boolean
  /** Stays when nothing more comes in. */
  readonly follows: boolean
}

/** Chats until nothing more comes in and the server has all of it, or until it fails. */
export const chat = (options: ChatOptions): Effect.Effect<void, Failure> => {
  const { server, name, token } = options
  const connected = Layer.unwrap(
    Effect.gen(function* () {
      const who = token === undefined ? { cookie: yield* cookieOf(server, name) } : { bearer: token }
      return BotClient.layer({ server, ...who, store: memory })
    })
  )
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
  const show = (event: RoomEvent) => {
    const line = lineOf(event, dress)
    return line === undefined ? Effect.void : print(line)
  }
  /** Prints what was written last, and answers after what to go on. */
  const greet = Effect.gen(function* () {
    yield* note(greeting(bot.user, room.name, options.server))
    if (options.isQuiet) return {}
    const { messages, cursor } = yield* bot.history(room.id, { _tag: "Newest" }, messagesBefore)
    for (const message of messages) {
      if (message.state === "Present") yield* show({ _tag: "Posted", message, cursor })
    }
    return { cursor }
  })
  const from = options.isAtKeyboard ? yield* greet : {}
  const printing = bot.events(room.id, from).pipe(
    Stream.filter((event) => !("message" in event) || event.message.author.id !== bot.user.id),
    Stream.runForEach(show),
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
  const obey = (piece: Piece) => (piece.text.trim() === "/help" ? note(help) : post(piece))
  const typed = pieces.pipe(
    Stream.takeWhile(({ text }) => text.trim() !== "/quit"),
    Stream.runForEach(obey)
  )
  const read = options.isAtKeyboard ? typed : Stream.runForEach(pieces, post)
  const posting = Effect.andThen(read, options.follows && !options.isAtKeyboard ? Effect.never : Effect.void)

  yield* Effect.raceFirst(readerGone, options.isQuiet ? posting : Effect.raceFirst(posting, printing))
  if (refused > 0) {
    const sentence = refused === 1 ? "One line was refused." : `${refused} lines were refused.`
    return yield* new Failure({ code: exitCode.refusedLines, sentence })
  }
}, Effect.scoped)

/** How many messages somebody at a keyboard is shown of what was before. */
const messagesBefore = 10

const help =
  "Each line is posted when you press Enter, also one that begins with /. Only /help says this, and /quit leaves, as Ctrl-D does."

const greeting = (user: User, room: string, server: string) =>
  `You are ${nameOf(user, undefined)} in ${visible(room)} at ${server}. Enter posts a line; Ctrl-D leaves.`

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
