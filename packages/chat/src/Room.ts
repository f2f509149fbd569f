// One room: the actor around `RoomState` (its log) and `Attendance` (who is there). Its turn never waits: an append, a read of
// the log, a recovery are work whose outcome comes back as a signal, and meanwhile posts collect while joins, leaves and typing
// go on. It is made by one function of its id and what it is given; it knows no registry, no gateway and no other room.
import { next, stop } from "@messenger/otp/Behaviour"
import type { Behaviour, Next, Self, Turn } from "@messenger/otp/Behaviour"
import { shutdown } from "@messenger/otp/ExitReason"
import * as Limits from "@messenger/protocol/Limits"
import type { Receipt } from "@messenger/protocol/Message"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { RoomId } from "@messenger/protocol/Room"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { CommitOutcome, KnownKey, Opened } from "@messenger/storage/MessageLog"
import type { DatabaseAway, OutcomeUnknown } from "@messenger/storage/StorageFailure"
import { Clock, Effect, Exit } from "effect"
import { Attendance } from "./Attendance.ts"
import type { Position } from "./Attendance.ts"
import { batchesOf, changesFrame, roomFrame } from "./Encoding.ts"
import type { Fanout } from "./Fanout.ts"
import { readChanges } from "./LogReader.ts"
import { decide } from "./Revision.ts"
import { Ring } from "./Ring.ts"
import type { RoomDependencies } from "./RoomDependencies.ts"
import type { Answer, RoomCommand, RoomSignal, Row } from "./RoomCommand.ts"
import { keyOf, RoomState } from "./RoomState.ts"
import type { Published, Refusal, Step } from "./RoomStep.ts"
import { broadcast } from "./Sink.ts"
import type { Broadcast } from "./Sink.ts"
import { retryAfterMillis, whenAway } from "./Weather.ts"

/** Why a room cannot start. */
export type RoomInitError = RoomNotFound | StorageUnavailable

/** How long joins, leaves and changes of status collect before they are told, in milliseconds. */
const flushMillis = 50

/** How long a revision waits for another one of its message before it reads the row again, in milliseconds. */
const rereadMillis = 20

/** How long the log is left alone before it is asked again about a lost outcome, in milliseconds. */
const askAgainMillis = 500

/** The behaviour of one room. `fanout` outlives its incarnations. */
export const make = (
  dependencies: RoomDependencies,
  roomId: RoomId,
  fanout: Fanout
): Behaviour<Incarnation, RoomCommand, RoomSignal, RoomInitError> => ({
  kind: "room",
  init: (self) => start(dependencies, roomId, fanout, self),
  receive: (room, turn) => Effect.map(Clock.currentTimeMillis, (now) => room.turn(turn, now)),
  keyOf: (command) => {
    if (command._tag !== "Post" && command._tag !== "Revise") return undefined
    return keyOf(command.change.author.id, command.change.key)
  },
  mailbox: { capacity: 2_048, maxBatch: 256 },
  isIdle: (room) => room.isIdle,
  passivateAfter: "1 minute"
})

// Raises the epoch and reads the head; then the followers of the last incarnation are given what it did not publish.
const start = Effect.fnUntraced(function* (
  dependencies: RoomDependencies,
  roomId: RoomId,
  fanout: Fanout,
  self: Self<RoomSignal>
) {
  const opened = yield* open(dependencies, roomId).pipe(
    Effect.catchTags({ DatabaseAway: unavailable, OutcomeUnknown: unavailable })
  )
  const room = new Incarnation(dependencies, fanout, self, opened)
  if (fanout.size === 0) fanout.published = opened.head
  const changes = yield* whenAway(readChanges(dependencies.log, roomId, fanout.published, opened.head))
  room.publish(changes)
  // What the last incarnation had committed, and was not there to tell.
  dependencies.onPublished(roomId, changes.length, opened.lastMessage)
  return room
})

const unavailable = () => Effect.fail(new StorageUnavailable({ retryAfterMillis }))

const open = ({ commits }: RoomDependencies, roomId: RoomId) =>
  Effect.flatMap(commits.commit({ _tag: "Open", roomId }), (outcome) =>
    outcome._tag === "Opened" ? Effect.succeed(outcome) : Effect.fail(new RoomNotFound())
  )

/** The state of one incarnation. */
export class Incarnation {
  private readonly state: RoomState
  private readonly ring: Ring
  private readonly attendance: Attendance
  private readonly dependencies: RoomDependencies
  private readonly fanout: Fanout
  private readonly self: Self<RoomSignal>
  private isFenced = false

  constructor(dependencies: RoomDependencies, fanout: Fanout, self: Self<RoomSignal>, opened: Opened) {
    this.dependencies = dependencies
    this.fanout = fanout
    this.self = self
    this.state = new RoomState(fanout.roomId, opened)
    this.ring = new Ring(fanout.size === 0 ? opened.head : fanout.published, Limits.maxBatchBytes)
    if (fanout.size > 0) this.tellEpoch()
    this.attendance = new Attendance({
      fanout,
      ring: this.ring,
      people: dependencies.people,
      deliver: (each) => this.deliver(each),
      schedule: () => self.signalAfter(flushMillis, { _tag: "Flush" })
    })
  }

  /** Nobody follows, nothing waits and nothing flies. */
  get isIdle(): boolean {
    return this.fanout.size === 0 && this.state.isQuiet
  }

  /** One batch of signals and commands; `now` is UTC milliseconds. */
  turn({ signals, commands }: Turn<RoomSignal, RoomCommand>, now: number): Next<Incarnation> {
    for (const signal of signals) this.onSignal(signal)
    const texts = commands.flatMap((command) => textOf(command))
    if (texts.length > 0) this.dependencies.faults.beforeNumbering(this.state.roomId, texts)
    for (const command of commands) this.onCommand(command, now)
    this.perform(this.state.next(now))
    // A stale owner must not go on: whoever asks looks the room up anew.
    return this.isFenced ? stop(this, shutdown("fenced by a newer epoch")) : next(this)
  }

  /** Tells the followers of changes that are in the log. */
  publish(changes: ReadonlyArray<Published>): void {
    const last = changes.at(-1)
    if (last === undefined) return
    for (const batch of batchesOf(changes)) {
      const upTo = batch.at(-1)?.number ?? last.number
      const frame = changesFrame(
        { log: this.state.log, number: upTo },
        batch.map(({ json }) => json)
      )
      this.deliver(broadcast("durable", [frame], upTo))
    }
    for (const { number, json } of changes) this.ring.add(number, json)
    if (this.fanout.size === 0) this.ring.clear()
  }

  private get position(): Position {
    return { log: this.state.log, epoch: this.state.epoch, head: this.state.head }
  }

  private onSignal(signal: RoomSignal): void {
    switch (signal._tag) {
      case "Left":
        return this.attendance.left(signal.userId)
      case "PersonChanged":
        return this.attendance.touch(signal.userId)
      case "Flush":
        return this.attendance.flush()
      case "AskAgain":
        return this.perform(this.state.lost())
      case "Committed":
        return this.onCommitted(signal.exit)
      case "KeyAnswered": {
        const { key, denial, exit } = signal
        if (Exit.isSuccess(exit)) return this.perform(this.state.keyAnswered(key, exit.value[0], denial))
        return this.perform(this.state.keyAnswered(key, undefined, new StorageUnavailable({ retryAfterMillis })))
      }
      case "Recorded":
        return
      case "LogAnswered":
        return this.onLogAnswered(signal.exit)
      case "ReadAgain":
        return this.readRow(signal.command)
      case "RowRead":
        return this.onRowRead(signal.command, signal.exit)
    }
  }

  private onCommand(command: RoomCommand, now: number): void {
    switch (command._tag) {
      case "Post":
        this.attendance.posted(command.change.author.id)
        return this.perform(this.state.submit(command.change))
      case "Revise":
        return this.readRow(command)
      case "Join": {
        const { follower, cursor, prelude, reply } = command
        // It waited in the mailbox while its person lost the room.
        if (!this.dependencies.access.sees(follower.userId, this.state.roomId)) return reply.fail(new RoomNotFound())
        return reply.succeed(this.attendance.join(follower, cursor, prelude, this.position))
      }
      case "Typing":
        return this.attendance.typed(command.user, command.isTyping, now)
      case "ListPeople":
        return command.reply.succeed(this.attendance.list(command.after))
    }
  }

  // The row is read by this incarnation, so anything newer is in its own memory.
  private readRow(command: Extract<RoomCommand, { _tag: "Revise" }>): void {
    const { log } = this.dependencies
    const { roomId } = this.state
    const { change, message } = command
    const row = Effect.all({
      messages: log.messages(roomId, [message]),
      known: log.keys(roomId, [{ author: change.author.id, key: change.key }])
    })
    this.self.spawn(row, (exit): RoomSignal => ({ _tag: "RowRead", command, exit }))
  }

  private onRowRead(command: Extract<RoomCommand, { _tag: "Revise" }>, exit: Exit.Exit<Row, DatabaseAway>): void {
    const { asker, reply } = command
    if (Exit.isFailure(exit)) return reply.fail(new StorageUnavailable({ retryAfterMillis }))
    for (const each of exit.value.known) this.state.remember(each)
    const { access, recordModeration } = this.dependencies
    const { roomId } = this.state
    const decision = decide(access, roomId, command, exit.value, (row) => this.state.isFresh(row))
    switch (decision._tag) {
      case "Refused":
        return reply.fail(decision.refusal)
      case "TooEarly":
        this.self.signalAfter(rereadMillis, { _tag: "ReadAgain", command })
        return
      case "Submitted": {
        const { moderated } = decision
        const succeed = (receipt: Receipt): void => {
          reply.succeed(receipt)
          if (moderated === undefined) return
          const { number, author } = moderated
          const record = recordModeration(asker, roomId, { number, author: author.id })
          this.self.spawn(record, (): RoomSignal => ({ _tag: "Recorded" }))
        }
        const fail = (refusal: Refusal): void => reply.fail(refusal)
        return this.perform(this.state.submit({ ...decision.command, reply: { succeed, fail } }))
      }
    }
  }

  private onCommitted(exit: Exit.Exit<CommitOutcome, DatabaseAway | OutcomeUnknown>): void {
    if (Exit.isFailure(exit)) {
      const isAway = exit.cause.reasons.every(
        (reason) => reason._tag === "Fail" && reason.error._tag === "DatabaseAway"
      )
      return this.perform(isAway ? this.state.away(retryAfterMillis) : this.state.lost())
    }
    const outcome = exit.value
    switch (outcome._tag) {
      case "Appended":
        return this.perform(this.state.appended())
      case "KeysKnown":
        return this.perform(this.state.keysKnown(outcome.known))
      case "Refused":
        return this.perform(this.state.refused())
      case "Fenced":
      case "NoSuchRoom":
      case "Opened":
        this.isFenced = true
    }
  }

  private onLogAnswered(exit: Exit.Exit<Answer, DatabaseAway | OutcomeUnknown | RoomNotFound>): void {
    if (Exit.isFailure(exit)) {
      this.self.signalAfter(askAgainMillis, { _tag: "AskAgain" })
      return
    }
    const { opened, known, changes } = exit.value
    this.perform(this.state.recovered(opened, known, changes))
    this.tellEpoch()
  }

  private perform(steps: ReadonlyArray<Step>): void {
    for (const step of steps) this.step(step)
  }

  private step(step: Step): void {
    switch (step._tag) {
      case "Answer":
        return step.reply.succeed(step.receipt)
      case "Refuse":
        return step.reply.fail(step.refusal)
      case "Commit":
        return this.self.spawn(this.dependencies.commits.commit(step.append), (exit): RoomSignal => ({
          _tag: "Committed",
          exit
        }))
      case "Publish":
        this.publish(step.changes)
        return this.dependencies.onPublished(this.state.roomId, step.changes.length, step.lastMessage)
      case "AskKey": {
        const { key, denial } = step
        return this.self.spawn(this.dependencies.log.keys(this.state.roomId, [key]), (exit): RoomSignal => ({
          _tag: "KeyAnswered",
          key,
          denial,
          exit
        }))
      }
      case "AskLog":
        return this.self.spawn(this.askLog(step.keys), (exit): RoomSignal => ({ _tag: "LogAnswered", exit }))
    }
  }

  // Opening first fences whatever is still on its way; only then is it final which keys are there.
  private askLog(keys: ReadonlyArray<Pick<KnownKey, "author" | "key">>) {
    const { dependencies, fanout } = this
    const { roomId, head } = this.state
    return Effect.gen(function* () {
      const opened = yield* open(dependencies, roomId)
      const known = yield* dependencies.log.keys(roomId, keys)
      const changes = yield* readChanges(dependencies.log, roomId, Math.max(head, fanout.published), opened.head)
      return { opened, known, changes }
    })
  }

  private tellEpoch(): void {
    this.deliver(broadcast("latestWins", [roomFrame({ _tag: "Hello", ...this.position })]))
  }

  private deliver(each: Broadcast): void {
    this.dependencies.onDelivered(this.fanout.publish(each))
  }
}

const textOf = (command: RoomCommand): ReadonlyArray<string> => {
  if (command._tag !== "Post" && command._tag !== "Revise") return []
  return command.change.change._tag === "Delete" ? [] : [command.change.change.text]
}
