// The client of a program that uses no Effect: promises that reject with the errors of the contract, and async iterators. All of it
// is a thin face over BotClient; see there for the promises.
//
// ```ts
// const bot = await connectBot({ server: "https://chat.example.org", bearer: process.env.MESSENGER_TOKEN })
// for await (const message of bot.messages("lobby")) {
//   if (message.author.id !== bot.user.id && message.text === "ping") await bot.post("lobby", "pong")
// }
// ```
import type { User } from "@messenger/protocol/Account"
import type { Message, Page, Receipt } from "@messenger/protocol/Message"
import type { Person } from "@messenger/protocol/Presence"
import type { Room } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import { Cause, Context, Deferred, Effect, Exit, Fiber, ManagedRuntime, Schema, Stream } from "effect"
import { BotClient } from "./BotClient.ts"
import type { BotOptions, FollowOptions } from "./BotClient.ts"
import type { CallArguments, CallSuccess, CallTag } from "./Calls.ts"
import type { ConnectionState } from "./ConnectionState.ts"
import { changes } from "./Readable.ts"
import type { Readable } from "./Readable.ts"
import type { PostedMessage, RoomEvent } from "./RoomEvents.ts"
import { worded } from "./Sentences.ts"

export type { BotOptions, ConnectError, FollowOptions, RoomError } from "./BotClient.ts"
export type { PostedMessage, RoomEvent } from "./RoomEvents.ts"

/** The bot was closed before this was answered. A message may be posted all the same. */
export class BotClosed extends Schema.TaggedError<BotClosed>()("BotClosed", {}) {
  override get message() {
    return "The bot was closed. What was asked may have been done all the same."
  }
}

/**
 * A bot that is connected, and comes back by itself after every loss. Rooms are named by their id, or by the name in their link.
 * Promises reject, and iterators throw, the errors of the contract, told apart by `_tag`, with a `message` that says what to do. Once the connection is refused for good all
 * of them do, with why: `UpgradeRequired` when the contract has moved on, `Unauthenticated` or `SessionEnded` when the token is good
 * no more. A loop over messages or events ends by `break`, `return` or `close`, and lets go of the room.
 */
export interface Bot {
  readonly user: User
  readonly connection: Readable<ConnectionState>
  /** What the connection is in, now and after each change; a slow reader misses what passed meanwhile, never the newest. */
  readonly connectionStates: () => AsyncIterable<ConnectionState>
  /** The rooms that the bot may see. */
  readonly rooms: () => Promise<ReadonlyArray<Room>>
  readonly room: (idOrSlug: string) => Promise<Room>
  /**
   * Each message that is posted from the first `next` on, or after a cursor, the bot's own too, once, in the order of the log, also
   * over lost connections and restarts of the server. Every message bears its `cursor`, and so does every receipt. One that was edited
   * while nobody followed comes as it is now, where its edit stands; one that was deleted meanwhile does not come.
   */
  readonly messages: (room: string, options?: FollowOptions) => AsyncIterable<PostedMessage>
  /** Posted, edited and deleted messages, and changes of the room's name and topic. */
  readonly events: (room: string, options?: FollowOptions) => AsyncIterable<RoomEvent>
  /**
   * Posts, and ends when the message is on the server's disk, however long rate limits and lost connections last. One room's messages
   * are posted in the order of the calls.
   */
  readonly post: (room: string, text: string) => Promise<Receipt>
  /** Gives a message of the bot another text; rejects with `EditConflict` when it has changed since the bot saw it. */
  readonly edit: (room: string, message: Pick<Message, "number" | "change">, text: string) => Promise<Receipt>
  /** Deletes message `number`, the bot's own or with the right to moderate another's. */
  readonly remove: (room: string, number: number) => Promise<Receipt>
  /** A page of history, of 1 to 100 messages. */
  readonly history: (room: string, anchor: PageAnchor, limit: number) => Promise<Page>
  /** Everybody who is present; whoever follows a room is. */
  readonly people: (room: string) => Promise<ReadonlyArray<Person>>
  /** Asks once for what else the contract offers; see `MessengerClient.call`. */
  readonly call: <Tag extends CallTag>(tag: Tag, ...payload: CallArguments<Tag>) => Promise<CallSuccess<Tag>>
  /** Ends all loops, writes down what is not sent yet, and lets go of everything. */
  readonly close: () => Promise<void>
}

/** Connects, or rejects with a `ConnectError` when that cannot be done now. */
export const connectBot = async (options: BotOptions): Promise<Bot> => {
  const runtime = ManagedRuntime.make(BotClient.layer(options))
  const closed = Deferred.makeUnsafe<void>()
  let isClosed = false

  const run = async <A, E>(effect: Effect.Effect<A, E, BotClient>): Promise<A> => {
    if (isClosed) throw new BotClosed()
    const exit = await Effect.runPromise(Fiber.await(runtime.runFork(effect)))
    if (Exit.isSuccess(exit)) return exit.value
    if (isClosed && Cause.hasInterruptsOnly(exit.cause)) throw new BotClosed()
    const error = worded(options.server)(Cause.squash(exit.cause))
    // From here the trace leads to whoever awaits this, and not into what decoded the answer.
    if (error instanceof Error && "_tag" in error) Error.captureStackTrace?.(error, run)
    throw error
  }
  const iterate = <A, E>(stream: Stream.Stream<A, E>): AsyncIterable<A> =>
    Stream.toAsyncIterableWith(Stream.interruptWhen(stream, Deferred.await(closed)), Context.empty())
  const close = async () => {
    isClosed = true
    Deferred.doneUnsafe(closed, Effect.void)
    await runtime.dispose()
  }

  const bot = await run(BotClient).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    user: bot.user,
    connection: bot.client.connection.state,
    connectionStates: () => iterate(changes(bot.client.connection.state)),
    rooms: () => run(bot.rooms),
    room: (idOrSlug) => run(bot.room(idOrSlug)),
    messages: (room, followed) => iterate(bot.messages(room, followed)),
    events: (room, followed) => iterate(bot.events(room, followed)),
    post: (room, text) => run(bot.post(room, text)),
    edit: (room, message, text) => run(bot.edit(room, message, text)),
    remove: (room, number) => run(bot.remove(room, number)),
    history: (room, anchor, limit) => run(bot.history(room, anchor, limit)),
    people: (room) => run(bot.people(room)),
    call: (tag, ...payload) => run(bot.client.call(tag, ...payload)),
    close
  }
}
