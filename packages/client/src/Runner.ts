// Runs effects for callers that are no fibers.
import { Cause, Exit, Fiber } from "effect"
import type { Effect, ManagedRuntime, Scope } from "effect"

/** Three ways to run an effect from a plain function. */
export interface Runner<R = never> {
  /** Runs what needs no waiting, and answers at once. */
  readonly now: <A>(effect: Effect.Effect<A, never, R>) => A
  /** Runs until the scope, or else the runner, closes; a promise whose effect was interrupted stays open for ever. */
  readonly later: <A>(effect: Effect.Effect<A, never, R>, scope?: Scope.Scope) => Promise<A>
  /** Runs until the runner is closed, and answers nothing. */
  readonly start: (effect: Effect.Effect<void, never, R>) => void
  /** Interrupts everything, and runs nothing any more. */
  readonly close: () => Promise<void>
}

/** Runs effects in a runtime, which it disposes of when it is closed. */
export const runnerOf = <R>(runtime: ManagedRuntime.ManagedRuntime<R, never>): Runner<R> => {
  let isClosed = false
  return {
    now: (effect) => {
      // Not `runSync`: what it forks would for ever be scheduled in microtasks, and could keep a page from painting.
      const exit = runtime.runFork(effect).pollUnsafe()
      if (exit === undefined) throw new Error("What must be done at once waited for something")
      if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
      return exit.value
    },
    later: (effect, scope) =>
      new Promise((resolve, reject) => {
        if (isClosed) return
        const running = runtime.runFork(effect)
        const fiber = scope === undefined ? running : Fiber.runIn(running, scope)
        fiber.addObserver((exit) => {
          if (Exit.isSuccess(exit)) resolve(exit.value)
          else if (!Cause.hasInterruptsOnly(exit.cause)) reject(Cause.squash(exit.cause))
        })
      }),
    start: (effect) => {
      if (!isClosed) runtime.runFork(effect)
    },
    close: () => {
      isClosed = true
      return runtime.dispose()
    }
  }
}
