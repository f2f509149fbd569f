// Those who wait for what becomes of a message. Whoever asked is told, also when the message was sent by another program with the
// same outbox: the server knows by its key what it answered.
import type { ClientKey, Receipt } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import { Deferred, Effect } from "effect"
import { Connection } from "./Connection.ts"
import type { OutboxRefusal } from "./OutboxEntry.ts"
import { untilAnswered } from "./Request.ts"

interface Waiting {
  readonly roomId: RoomId
  readonly text: string
  readonly done: Deferred.Deferred<Receipt, OutboxRefusal>
}

/** The deliveries of one outbox. */
export const make = Effect.gen(function* () {
  const connection = yield* Connection
  const scope = yield* Effect.scope
  const waiting = new Map<ClientKey, Waiting>()

  const take = (key: ClientKey): Waiting["done"] | undefined => {
    const done = waiting.get(key)?.done
    waiting.delete(key)
    return done
  }

  return {
    /** Ends with what becomes of a message that the outbox holds. */
    of: (key: ClientKey, roomId: RoomId, text: string): Effect.Effect<Receipt, OutboxRefusal> =>
      Effect.suspend(() => {
        const done = Deferred.makeUnsafe<Receipt, OutboxRefusal>()
        waiting.set(key, { roomId, text, done })
        return Effect.onInterrupt(Deferred.await(done), () => Effect.sync(() => void waiting.delete(key)))
      }),
    /** Whether somebody waits for it. */
    isAwaited: (key: ClientKey): boolean => waiting.has(key),
    /** The server has it. */
    taken: (key: ClientKey, receipt: Receipt): void => {
      const done = take(key)
      if (done !== undefined) Deferred.doneUnsafe(done, Effect.succeed(receipt))
    },
    /** The server will not take it. */
    refused: (key: ClientKey, error: OutboxRefusal): void => {
      const done = take(key)
      if (done !== undefined) Deferred.doneUnsafe(done, Effect.fail(error))
    },
    /** Asks the server about those that the outbox does not hold any more although nobody here has heard of them. */
    lookUpLost: (isHeld: (key: ClientKey) => boolean): Effect.Effect<void> =>
      Effect.forEach(
        [...waiting].filter(([key]) => !isHeld(key)),
        ([key, { roomId, text, done }]) => {
          take(key)
          const asked = untilAnswered(connection, (rpcs) => rpcs.PostMessage({ roomId, key, text }))
          return Effect.forkIn(Deferred.into(asked, done), scope)
        },
        { discard: true }
      )
  }
})
