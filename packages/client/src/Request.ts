// Asking the server for one thing: once, or until it is answered.
import { Cause, Effect, Exit, Result } from "effect"
import type { RpcClientError } from "effect/rpc"
import { sessionAfter } from "./Connection.ts"
import type { Connection } from "./Connection.ts"
import { isAnswer, isLoss, isRefusal, isWeather, patienceMillis } from "./Passing.ts"
import type { Passing } from "./Passing.ts"
import { Unreachable } from "./Unreachable.ts"
import { defect } from "./WireProtocol.ts"
import type { Rpcs } from "./WireProtocol.ts"

/**
 * Asks until there is an answer: waits for a connection, asks again on the next one when it is lost, and as often as the server
 * asks for patience. Only for what may be asked twice.
 */
export const untilAnswered = Effect.fnUntraced(function* <A, Failure>(
  connection: Connection["Service"],
  ask: (rpcs: Rpcs) => Effect.Effect<A, Failure>
): Effect.fn.Return<A, Exclude<Failure, Passing>> {
  let session = yield* connection.session
  while (true) {
    const result = yield* answerOf(ask(session.rpcs))
    if (Result.isSuccess(result)) return result.success
    const failure = result.failure
    if (isAnswer(failure)) return yield* Effect.fail(failure)
    if (isWeather(failure)) {
      yield* Effect.sleep(yield* patienceMillis(failure))
      session = yield* connection.session
    } else {
      if (isRefusal(failure)) connection.refuse(session, failure)
      session = yield* sessionAfter(connection, session)
    }
  }
})

/** Asks once, now: without a connection, or when it is lost before the answer, `Unreachable`, and whether it was done is unknown. */
export const once = Effect.fnUntraced(function* <A, Failure>(
  connection: Connection["Service"],
  ask: (rpcs: Rpcs) => Effect.Effect<A, Failure>
): Effect.fn.Return<A, Answerable<Failure> | Unreachable> {
  const session = connection.current()
  if (session === undefined) return yield* new Unreachable({ cause: "There is no connection" })
  const result = yield* answerOf(ask(session.rpcs))
  if (Result.isSuccess(result)) return result.success
  const failure = result.failure
  if (isRefusal(failure)) connection.refuse(session, failure)
  if (isOfRequest(failure)) return yield* Effect.fail(failure)
  return yield* new Unreachable({ cause: failure })
})

/** A request as its answer. It is interrupted, and not by this side, when its session closed before it left, or when the server stops. */
export const answerOf = Effect.fnUntraced(function* <A, Failure>(
  ask: Effect.Effect<A, Failure>
): Effect.fn.Return<Result.Result<A, Failure | RpcClientError.RpcClientError>> {
  const exit = yield* Effect.exit(ask)
  if (Exit.isSuccess(exit)) return Result.succeed(exit.value)
  const failure = Cause.findError(exit.cause)
  if (Result.isSuccess(failure)) return Result.fail(failure.success)
  if (!Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(failure.failure)
  return Result.fail(defect("The request was let go of", exit.cause))
})

/** What a request asked once may fail with: everything but what concerns the connection as a whole. */
export type Answerable<Failure> = Exclude<Failure, Exclude<Passing, { readonly retryAfterMillis: number }>>

const isOfRequest = <Failure>(failure: Failure): failure is Answerable<Failure> =>
  !isRefusal(failure) && !isLoss(failure)
