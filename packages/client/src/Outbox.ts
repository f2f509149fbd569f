// Messages on their way: everything that was written and that the server has not taken yet. Every entry is on the device's disk
// before it leaves, is sent in its room's order with one post in flight per room, and settles by its key, by the answer or by
// the event in the feed, whichever comes first. Weather and a lost connection hold a room's queue; a refusal steps aside.
import type { UserId } from "@messenger/protocol/Account"
import type { Cursor } from "@messenger/protocol/Cursor"
import { parseMessageText } from "@messenger/protocol/Message"
import type { ClientKey, Message, MessageInvalid, Receipt } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import { Cause, Clock, Context, Deferred, Effect, Exit, Fiber, Latch, Layer, Queue, Random, Result } from "effect"
import type { Scope } from "effect"
import * as ConnectionState from "./ConnectionState.ts"
import { Connection, sessionAfter } from "./Connection.ts"
import * as Deliveries from "./Deliveries.ts"
import { DrainLock } from "./DrainLock.ts"
import { clientKey } from "./Keys.ts"
import { Undeliverable } from "./OutboxEntry.ts"
import type { OutboxEntry, OutboxRefusal } from "./OutboxEntry.ts"
import * as OutboxState from "./OutboxState.ts"
import { OutboxStore } from "./OutboxStore.ts"
import type { StoreUnavailable } from "./OutboxStore.ts"
import { isAnswer, isRefusal, isWeather, patienceMillis } from "./Passing.ts"
import { cell, until } from "./Readable.ts"
import type { Readable } from "./Readable.ts"
import { answerOf } from "./Request.ts"

/** A message at which the server fails this often without saying why steps aside. */
const defectsAllowed = 3

export class Outbox extends Context.Service<
  Outbox,
  {
    /** Messages on their way, of all rooms and tabs, in the order they were written. */
    readonly entries: Readable<ReadonlyArray<OutboxEntry>>
    /** Takes a message, which is visible at once; refused only for its text. */
    readonly add: (roomId: RoomId, text: string) => Result.Result<ClientKey, MessageInvalid>
    /**
     * Takes a message, and ends when the server has it on disk, however long that takes. Whoever is told of a refusal decides what
     * becomes of the message: it leaves the outbox. Interrupted, it goes on its way all the same.
     */
    readonly deliver: (roomId: RoomId, text: string) => Effect.Effect<Receipt, MessageInvalid | OutboxRefusal>
    /** Takes a message out for good; false when it is on its way or gone, or while its delivery is waited for. */
    readonly discard: (key: ClientKey) => boolean
    /** Puts a refused message at the end of its room's queue, under a new key. */
    readonly resend: (key: ClientKey) => ClientKey | undefined
    /** The unfinished text for a room; empty when there is none, or none to be had. */
    readonly draft: (roomId: RoomId) => Effect.Effect<string>
    /** Keeps the unfinished text for a room; only the newest is written. */
    readonly setDraft: (roomId: RoomId, text: string) => void
    /** Ends when everything so far is on disk. */
    readonly flush: Effect.Effect<void>
    /** Somebody looks at the room while the scope is open: what is settled stays visible until the view, told here, holds it. */
    readonly watch: (
      roomId: RoomId
    ) => Effect.Effect<(messages: ReadonlyArray<Message>, cursor: Cursor | undefined) => void, never, Scope.Scope>
  }
>()("@messenger/client/Outbox") {
  /** The outbox of `account`, which is whom the connection speaks for. */
  static readonly layer = (account: UserId): Layer.Layer<Outbox, never, Connection | OutboxStore | DrainLock> =>
    Layer.effect(Outbox, make(account))
}

const make = Effect.fnUntraced(function* (account: UserId) {
  const connection = yield* Connection
  const store = yield* OutboxStore
  const lock = yield* DrainLock
  const clock = yield* Clock.Clock
  const scope = yield* Effect.scope
  const deliveries = yield* Deliveries.make
  const state = cell(OutboxState.empty)
  const disk = yield* Queue.unbounded<Effect.Effect<void>>()
  const drafts = new Map<RoomId, string>()
  // Gone from memory and not from the disk yet.
  const leaving = new Set<ClientKey>()
  // How many look at each room.
  const watched = new Map<RoomId, number>()

  const update = (change: (state: OutboxState.OutboxState) => OutboxState.OutboxState) => state.set(change(state.get()))

  /** Everything that touches the disk does so in order, and its failure costs durability, never a message. */
  const onDisk = (work: Effect.Effect<void, StoreUnavailable>) =>
    void Queue.offerUnsafe(
      disk,
      Effect.catchTag(work, "StoreUnavailable", (error) =>
        Effect.logWarning("The outbox is not kept on this device", error.cause)
      )
    )
  yield* Queue.take(disk).pipe(Effect.flatten, Effect.forever, Effect.forkScoped)

  const reload = () =>
    onDisk(
      Effect.flatMap(store.entries, (entries) => {
        const staying = entries.filter(({ key }) => !leaving.has(key))
        update((before) => OutboxState.reloaded(before, staying))
        return deliveries.lookUpLost((key) => OutboxState.find(state.get(), key) !== undefined)
      })
    )
  yield* Effect.acquireRelease(
    Effect.sync(() => store.subscribe(reload)),
    (stop) => Effect.sync(stop)
  )
  reload()

  const add = (roomId: RoomId, text: string): ClientKey => {
    const key = clientKey()
    const entry = { key, roomId, text, writtenAt: clock.currentTimeMillisUnsafe() }
    update((before) => OutboxState.add(before, entry))
    // Sent even if it could not be stored: better a message that a reload would lose than one that nobody gets.
    onDisk(
      Effect.ensuring(
        store.put({ ...entry, refusal: null }),
        Effect.sync(() => update((before) => OutboxState.stored(before, key)))
      )
    )
    return key
  }

  const forget = (key: ClientKey) => {
    leaving.add(key)
    onDisk(
      Effect.map(store.remove(key), () => {
        leaving.delete(key)
      })
    )
  }

  const remove = (key: ClientKey) => {
    update((before) => OutboxState.removed(before, key))
    forget(key)
  }

  const settle = (key: ClientKey, receipt: Receipt) => {
    const roomId = OutboxState.find(state.get(), key)?.roomId
    if (roomId !== undefined) {
      update((before) => OutboxState.settled(before, key, receipt.number, watched.has(roomId)))
      forget(key)
    }
    // Last, since whoever waits goes on at once.
    deliveries.taken(key, receipt)
  }

  const refuse = (key: ClientKey, error: OutboxRefusal) => {
    if (deliveries.isAwaited(key)) {
      remove(key)
      return deliveries.refused(key, error)
    }
    const entry = OutboxState.find(state.get(), key)
    if (entry === undefined) return
    update((before) => OutboxState.refused(before, key, error))
    const { roomId, text, writtenAt } = entry
    onDisk(store.put({ key, roomId, text, writtenAt, refusal: error }))
  }

  /** Sends one entry until it is settled, refused, or gone. */
  const deliver = Effect.fnUntraced(function* ({ key, roomId, text }: OutboxState.Held) {
    const isOver = until(state, (now) => {
      const entry = OutboxState.find(now, key)
      return entry === undefined || !OutboxState.isPending(entry)
    })
    /** Waits, and shows until when. */
    const hold = (millis: number) => {
      const untilMillis = clock.currentTimeMillisUnsafe() + millis
      update((before) => OutboxState.held(before, key, untilMillis))
      return Effect.raceFirst(Effect.sleep(millis), isOver)
    }
    let defects = 0
    let session = yield* connection.session
    while (OutboxState.nextOf(state.get(), roomId)?.key === key) {
      update((before) => OutboxState.sent(before, key))
      // An answer that comes after the event is let come: interrupting it would cost a message per message.
      const post = yield* Effect.forkIn(answerOf(session.rpcs.PostMessage({ roomId, key, text })), scope)
      const exit = yield* Effect.raceFirst(Fiber.await(post), Effect.as(isOver, undefined))
      if (exit === undefined) return
      if (Exit.isFailure(exit)) {
        if (++defects === defectsAllowed) return refuse(key, new Undeliverable({ detail: Cause.pretty(exit.cause) }))
        yield* hold(ConnectionState.waitMillis(defects, yield* Random.next))
        session = yield* connection.session
        continue
      }
      if (Result.isSuccess(exit.value)) return settle(key, exit.value.success)
      const failure = exit.value.failure
      if (isAnswer(failure)) return refuse(key, failure)
      if (isWeather(failure)) {
        yield* hold(yield* patienceMillis(failure))
        session = yield* connection.session
      } else {
        if (isRefusal(failure)) connection.refuse(session, failure)
        update((before) => OutboxState.held(before, key, undefined))
        session = yield* sessionAfter(connection, session)
      }
    }
  })

  const drainRoom = Effect.fnUntraced(function* (roomId: RoomId, hasWork: Latch.Latch) {
    while (true) {
      hasWork.closeUnsafe()
      const entry = OutboxState.nextOf(state.get(), roomId)
      yield* entry === undefined ? hasWork.await : deliver(entry)
    }
  })

  /** Sends whatever waits, for as long as this tab has the right. */
  const drain = Effect.gen(function* () {
    const { lost } = yield* lock.acquire
    const latches = new Map<RoomId, Latch.Latch>()
    const newcomers = yield* Queue.unbounded<RoomId>()
    const look = () => {
      for (const roomId of OutboxState.busyRooms(state.get())) {
        if (!latches.has(roomId)) {
          latches.set(roomId, Latch.makeUnsafe())
          Queue.offerUnsafe(newcomers, roomId)
        }
        latches.get(roomId)?.openUnsafe()
      }
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => state.subscribe(look)),
      (stop) =>
        Effect.sync(() => {
          stop()
          update(OutboxState.recalled)
        })
    )
    look()
    const start = Effect.flatMap(Queue.take(newcomers), (roomId) =>
      Effect.forkScoped(drainRoom(roomId, latches.get(roomId) ?? Latch.makeUnsafe(true)))
    )
    yield* Effect.raceFirst(Effect.forever(start), lost)
  })
  yield* Effect.scoped(drain).pipe(
    Effect.catchDefect((cause) =>
      Effect.andThen(
        Effect.logWarning("The outbox begins anew", cause),
        Effect.sleep(ConnectionState.longestWaitMillis)
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )

  return Outbox.of({
    entries: state,
    add: (roomId, raw) => {
      const text = parseMessageText(raw)
      return typeof text === "string" ? Result.succeed(add(roomId, text)) : Result.fail(text)
    },
    deliver: (roomId, raw) =>
      Effect.suspend((): Effect.Effect<Receipt, MessageInvalid | OutboxRefusal> => {
        const text = parseMessageText(raw)
        return typeof text === "string" ? deliveries.of(add(roomId, text), roomId, text) : Effect.fail(text)
      }),
    discard: (key) => {
      const tag = OutboxState.find(state.get(), key)?.state._tag
      if ((tag !== "Waiting" && tag !== "Refused") || deliveries.isAwaited(key)) return false
      remove(key)
      return true
    },
    resend: (key) => {
      const entry = OutboxState.find(state.get(), key)
      if (entry?.state._tag !== "Refused") return undefined
      const next = add(entry.roomId, entry.text)
      remove(key)
      return next
    },
    draft: (roomId) => {
      const unwritten = drafts.get(roomId)
      if (unwritten !== undefined) return Effect.succeed(unwritten)
      return Effect.catchTag(store.draft(roomId), "StoreUnavailable", ({ cause }) =>
        Effect.as(Effect.logWarning("No draft can be read on this device", cause), "")
      )
    },
    setDraft: (roomId, text) => {
      const isUnderWay = drafts.has(roomId)
      drafts.set(roomId, text)
      if (isUnderWay) return
      onDisk(
        Effect.suspend(() => {
          const newest = drafts.get(roomId) ?? ""
          drafts.delete(roomId)
          return store.setDraft(roomId, newest)
        })
      )
    },
    flush: Effect.suspend(() => {
      const done = Deferred.makeUnsafe<void>()
      onDisk(Effect.asVoid(Deferred.succeed(done, undefined)))
      return Deferred.await(done)
    }),
    watch: (roomId) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          watched.set(roomId, (watched.get(roomId) ?? 0) + 1)
          return (messages: ReadonlyArray<Message>, cursor: Cursor | undefined) => {
            for (const { author, key, number, at } of messages) {
              if (author.id !== account || OutboxState.find(state.get(), key) === undefined) continue
              remove(key)
              if (cursor !== undefined) deliveries.taken(key, { number, at, cursor: { log: cursor.log, number } })
            }
            if (cursor !== undefined) update((before) => OutboxState.seenUpTo(before, roomId, cursor.number))
          }
        }),
        () =>
          Effect.sync(() => {
            const others = (watched.get(roomId) ?? 1) - 1
            if (others > 0) return void watched.set(roomId, others)
            watched.delete(roomId)
            update((before) => OutboxState.unseen(before, roomId))
          })
      )
  })
})
