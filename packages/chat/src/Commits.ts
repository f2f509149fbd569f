// The commit actor: what rooms want written while a commit is under way is written by the next one, together. So a slow disk
// makes larger commits, not a longer queue.
import * as Actor from "@messenger/otp/Actor"
import type { ReplyTo, Self, Turn } from "@messenger/otp/Behaviour"
import { next } from "@messenger/otp/Behaviour"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import type { RoomId } from "@messenger/protocol/Room"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { CommitOutcome, CommitRequest } from "@messenger/storage/MessageLog"
import { OutcomeUnknown } from "@messenger/storage/StorageFailure"
import type { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Clock, Context, Effect, Exit, Layer, Metric } from "effect"
import * as Telemetry from "./Telemetry.ts"

interface Waiting {
  readonly request: CommitRequest
  readonly reply: ReplyTo<CommitOutcome, DatabaseAway | OutcomeUnknown>
}

interface Done {
  readonly batch: ReadonlyArray<Waiting>
  readonly exit: Exit.Exit<ReadonlyArray<CommitOutcome>, DatabaseAway | OutcomeUnknown>
}

interface State {
  readonly waiting: ReadonlyArray<Waiting>
  readonly isWriting: boolean
}

const maxRequests = 256

export class Commits extends Context.Service<
  Commits,
  {
    /** Answers when the request's outcome is durable. A request that nobody could answer is an `OutcomeUnknown`. */
    readonly commit: (request: CommitRequest) => Effect.Effect<CommitOutcome, DatabaseAway | OutcomeUnknown>
    readonly childSpec: ChildSpec
  }
>()("@messenger/chat/Commits") {
  static readonly layer = Layer.effect(
    Commits,
    Effect.gen(function* () {
      const log = yield* MessageLog
      yield* Telemetry.startAtZero
      const actor = yield* Actor.make<State, Waiting, Done, never>(
        {
          kind: "commit",
          init: () => Effect.succeed<State>({ waiting: [], isWriting: false }),
          receive: (state, turn, self) => Effect.sync(() => next(receive(log, state, turn, self))),
          mailbox: { capacity: 10_000, maxBatch: maxRequests }
        },
        { id: "commits", shutdown: "30 seconds" }
      )
      return Commits.of({
        childSpec: actor.childSpec,
        commit: (request) =>
          actor.ref
            .call<CommitOutcome, DatabaseAway | OutcomeUnknown>((reply) => ({ request, reply }), {
              timeout: "30 seconds"
            })
            .pipe(
              Effect.catchTags({
                ActorCrashed: unknown,
                ActorStopped: unknown,
                CallTimeout: unknown,
                CommandRejected: unknown
              })
            )
      })
    })
  )
}

const unknown = (cause: unknown) => Effect.fail(new OutcomeUnknown({ operation: "commit", cause }))

const receive = (
  log: MessageLog["Service"],
  state: State,
  { commands, signals }: Turn<Done, Waiting>,
  self: Self<Done>
): State => {
  for (const done of signals) answer(done)
  const waiting = [...state.waiting, ...commands]
  const isWriting = state.isWriting && signals.length === 0
  if (isWriting || waiting.length === 0) return { waiting, isWriting }
  const { batch, rest } = onePerRoom(waiting)
  self.spawn(write(log, batch), (exit) => ({ batch, exit }))
  return { waiting: rest, isWriting: true }
}

// A commit is never interrupted: whoever asked is gone perhaps, but what was begun has an outcome.
const write = (log: MessageLog["Service"], batch: ReadonlyArray<Waiting>) =>
  Effect.gen(function* () {
    const started = yield* Clock.currentTimeNanos
    const exit = yield* Effect.exit(log.commit(batch.map(({ request }) => request)))
    const finished = yield* Clock.currentTimeNanos
    yield* Metric.update(Telemetry.commitSeconds, Number(finished - started) / 1e9)
    yield* Metric.update(Telemetry.commitRooms, batch.length)
    yield* Metric.update(
      Telemetry.commitChanges,
      batch.reduce((sum, { request }) => sum + (request._tag === "Append" ? request.entries.length : 0), 0)
    )
    if (Exit.isFailure(exit)) yield* Metric.update(Telemetry.commitFailures, 1)
    return yield* exit
  }).pipe(Effect.uninterruptible)

const answer = ({ batch, exit }: Done): void => {
  batch.forEach(({ reply }, index) => {
    if (Exit.isFailure(exit)) return reply.done(Exit.failCause(exit.cause))
    const outcome = exit.value[index]
    if (outcome !== undefined) return reply.succeed(outcome)
    return reply.fail(
      new OutcomeUnknown({ operation: "commit", cause: "the database answered fewer rooms than it was asked" })
    )
  })
}

// A room that was started anew may still have the append of its last incarnation here: the two go in their order, apart.
const onePerRoom = (waiting: ReadonlyArray<Waiting>) => {
  const rooms = new Set<RoomId>()
  const batch: Array<Waiting> = []
  const rest: Array<Waiting> = []
  for (const each of waiting) {
    if (batch.length < maxRequests && !rooms.has(each.request.roomId)) batch.push(each)
    else rest.push(each)
    rooms.add(each.request.roomId)
  }
  return { batch, rest }
}
