// Storage that a test can hold, lose and break: the ports in memory, with a hand on every commit.
import { MessageLog } from "@messenger/storage/MessageLog"
import type { CommitRequest } from "@messenger/storage/MessageLog"
import * as Memory from "@messenger/storage/Memory"
import { DatabaseAway, OutcomeUnknown } from "@messenger/storage/StorageFailure"
import { Context, Effect, Latch, Layer } from "effect"

/** What happens to commits from now on. */
export type Mishap =
  | "none"
  /** The database is away: nothing is written. */
  | "away"
  /** It is written, and the answer is lost. */
  | "writtenAndLost"
  /** It is not written, and the answer is lost. */
  | "lost"

/** The hand on storage. */
export class Hand extends Context.Service<Hand, HandState>()("test/Hand") {}

class HandState {
  mishap: Mishap = "none"
  readonly requests: Array<CommitRequest> = []
  private readonly gate = Latch.makeUnsafe(true)

  /** Commits wait until `release`. */
  hold(): void {
    this.gate.closeUnsafe()
  }

  release(): void {
    this.gate.openUnsafe()
  }

  get open() {
    return this.gate.await
  }

  /** How many changes were asked to be appended, commit by commit. */
  get batches(): ReadonlyArray<number> {
    return this.requests.flatMap((request) => (request._tag === "Append" ? [request.entries.length] : []))
  }
}

const away = (cause: string) => new DatabaseAway({ operation: "commit", cause })
const unknown = (cause: string) => new OutcomeUnknown({ operation: "commit", cause })

const handled = Layer.effect(
  MessageLog,
  Effect.gen(function* () {
    const log = yield* MessageLog
    const hand = yield* Hand
    return MessageLog.of({
      ...log,
      commit: (requests) =>
        Effect.gen(function* () {
          hand.requests.push(...requests)
          yield* hand.open
          // Only appends meet with mishaps, once each, so that a recovery can succeed.
          const mishap = requests.some(({ _tag }) => _tag === "Append") ? hand.mishap : "none"
          if (mishap === "away") return yield* away("the test took it away")
          if (mishap !== "none") hand.mishap = "none"
          if (mishap === "lost") return yield* unknown("the test cut the connection before")
          const outcomes = yield* log.commit(requests)
          return mishap === "writtenAndLost" ? yield* unknown("the test cut the connection after") : outcomes
        })
    })
  })
)

/** The ports in memory under a hand. */
export const layer = handled.pipe(
  Layer.provideMerge(Layer.sync(Hand, () => new HandState())),
  Layer.provideMerge(Memory.layer)
)
