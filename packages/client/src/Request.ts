// Asking the server for one thing: once, or until it is answered.
import { Effect, Result } from "effect"
import type { Connection } from "./Connection.ts"
import { isAnswer, isLoss, isRefusal, isWeather, patienceMillis } from "./Passing.ts"
import type { Passing } from "./Passing.ts"
import type { Rpcs } from "./WireProtocol.ts"
import { Unreachable } from "./Unreachable.ts"

/**
 * Asks until there is an answer: waits for a connection, asks again on the next one when it is lost, and as often as the server
 * asks for patience. Only for what may be asked twice.
 */
export const untilAnswered = Effect.fnUntraced(function* <A, Failure>(
  connection: Connection["Service"],
  ask: (rpcs: Rpcs) => Effect.Effect<A, Failure>
): Effect.fn.Return<A, Exclude<Failure, Passing>> {
  let session = yield* connection.session()
  while (true) {
    const result = yield* Effect.result(ask(session.rpcs))
    if (Result.isSuccess(result)) return result.success
    const failure = result.failure
    if (isAnswer(failure)) return yield* Effect.fail(failure)
    if (isWeather(failure)) {
      yield* Effect.sleep(yield* patienceMillis(failure))
      session = yield* connection.session()
    } else {
      if (isRefusal(failure)) connection.refuse(session, failure)
      session = yield* connection.session(session)
    }
  }
})

/** Asks once, now: without a connection, or when it is lost before the answer, `Unreachable`, and whether it was done is unknown. */
export const once = Effect.fnUntraced(function* <A, Failure>(
  connection: Connection["Service"],
  ask: (rpcs: Rpcs) => Effect.Effect<A, Failure>
): Effect.fn.Return<A, WithoutConnectionFailures<Failure> | Unreachable> {
  const session = connection.current()
  if (session === undefined) return yield* new Unreachable({ cause: "There is no connection" })
  const result = yield* Effect.result(ask(session.rpcs))
  if (Result.isSuccess(result)) return result.success
  const failure = result.failure
  if (isRefusal(failure)) connection.refuse(session, failure)
  if (isOfRequest(failure)) return yield* Effect.fail(failure)
  return yield* new Unreachable({ cause: failure })
})

type WithoutConnectionFailures<Failure> = Exclude<Failure, Exclude<Passing, { readonly retryAfterMillis: number }>>

const isOfRequest = <Failure>(failure: Failure): failure is WithoutConnectionFailures<Failure> =>
  !isRefusal(failure) && !isLoss(failure)
