// Changes to messages on their way: edits and removals. Each has a key of its own and is asked until it is answered, so it happens
// once however often the connection is lost. Unlike what waits in the outbox it is forgotten by a reload.
import type { Cursor } from "@messenger/protocol/Cursor"
import { MessageInvalid, parseMessageText } from "@messenger/protocol/Message"
import type {
  ClientKey,
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  Message,
  MessageNotFound,
  NotYourMessage,
  Receipt
} from "@messenger/protocol/Message"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import { Effect, Exit } from "effect"
import { Connection } from "./Connection.ts"
import { clientKey } from "./Keys.ts"
import { cell } from "./Readable.ts"
import { untilAnswered } from "./Request.ts"
import type { Rpcs } from "./WireProtocol.ts"

/** A change of message `number` that the server has not made yet, or that the open room does not show yet. */
export type PendingChange = {
  readonly key: ClientKey
  readonly roomId: RoomId
  readonly number: number
} & ({ readonly _tag: "Edit"; readonly text: string } | { readonly _tag: "Removal" })

/** Why a message was not removed. */
export type RemoveRefusal =
  | RoomNotFound
  | MessageNotFound
  | NotYourMessage
  | Forbidden
  | IdempotencyKeyReused
  | CommandRejected

/** Why a message was not changed. After `EditConflict` the room shows what it says now: edit that. */
export type EditRefusal = RemoveRefusal | MessageInvalid | EditConflict

interface Watcher {
  readonly roomId: RoomId
  cursor: Cursor | undefined
}

/** The changes that one person has under way. */
export const make = Effect.gen(function* () {
  const connection = yield* Connection
  const pending = cell<ReadonlyArray<PendingChange>>([])
  // Where the change stands in the log, once the server has made it.
  const made = new Map<ClientKey, Cursor>()
  // The open rooms, and how far the view of each has come.
  const watchers = new Set<Watcher>()

  const drop = (isOver: (change: PendingChange) => boolean) => {
    const staying = pending.get().filter((change) => !isOver(change))
    if (staying.length === pending.get().length) return
    pending.set(staying)
    for (const key of made.keys()) if (!staying.some((change) => change.key === key)) made.delete(key)
  }

  /** Whether the change is visible, or will never be seen here. */
  const isShown = ({ key, roomId }: PendingChange): boolean => {
    const at = made.get(key)
    if (at === undefined) return false
    const holds = (cursor: Cursor | undefined) =>
      cursor !== undefined && (cursor.log !== at.log || cursor.number >= at.number)
    return [...watchers].every((watcher) => watcher.roomId !== roomId || holds(watcher.cursor))
  }

  const change = <Failure>({
    ask,
    ...pendingChange
  }: PendingChange & { readonly ask: (rpcs: Rpcs) => Effect.Effect<Receipt, Failure> }) =>
    Effect.suspend(() => {
      pending.set([...pending.get(), pendingChange])
      return untilAnswered(connection, ask).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) made.set(pendingChange.key, exit.value.cursor)
            drop((each) => (Exit.isSuccess(exit) ? isShown(each) : each.key === pendingChange.key))
          })
        )
      )
    })

  return {
    pending,
    /** Gives the message another text, if it is still as the editor saw it. */
    edit: (
      roomId: RoomId,
      { number, change: version }: Pick<Message, "number" | "change">,
      raw: string
    ): Effect.Effect<Receipt, EditRefusal> => {
      const text = parseMessageText(raw)
      if (text instanceof MessageInvalid) return Effect.fail(text)
      return Effect.suspend(() => {
        const key = clientKey()
        const ask = (rpcs: Rpcs) => rpcs.EditMessage({ roomId, key, number, change: version, text })
        return change({ _tag: "Edit", key, roomId, number, text, ask })
      })
    },
    /** Makes a tombstone of the message. */
    remove: (roomId: RoomId, number: number): Effect.Effect<Receipt, RemoveRefusal> =>
      Effect.suspend(() => {
        const key = clientKey()
        const ask = (rpcs: Rpcs) => rpcs.DeleteMessage({ roomId, key, number })
        return change({ _tag: "Removal", key, roomId, number, ask })
      }),
    /** Somebody looks at the room while the scope is open, and says how far its view has come. */
    watch: (roomId: RoomId) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const watcher: Watcher = { roomId, cursor: undefined }
          watchers.add(watcher)
          return watcher
        }),
        (watcher) =>
          Effect.sync(() => {
            watchers.delete(watcher)
            drop(isShown)
          })
      ).pipe(
        Effect.map((watcher) => (cursor: Cursor | undefined) => {
          watcher.cursor = cursor
          drop(isShown)
        })
      )
  }
})

/** The changes that one person has under way. */
export type Edits = Effect.Success<typeof make>
