// How an action of the plain face ended.
import { Effect, Result } from "effect"

/** An action's value, or an error that a person can do something about. */
export type Outcome<A, E> = { readonly isOk: true; readonly value: A } | { readonly isOk: false; readonly error: E }

/** A result as an outcome. */
export const fromResult = <A, E>(result: Result.Result<A, E>): Outcome<A, E> =>
  Result.isSuccess(result) ? { isOk: true, value: result.success } : { isOk: false, error: result.failure }

/** An effect that ends in an outcome and fails no more. */
export const of = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<Outcome<A, E>> =>
  Effect.map(Effect.result(effect), fromResult)
