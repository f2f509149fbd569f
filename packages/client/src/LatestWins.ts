// Tells the server values of which only the newest counts: a newer value takes the place of one that has not left yet.
import { Effect, Latch } from "effect"
import type { Scope } from "effect"

/** Answers how to set a value; `send` is run for one value at a time, and ends when the server has it. */
export const make = Effect.fnUntraced(function* <Key, Value>(
  send: (key: Key, value: Value) => Effect.Effect<void>
): Effect.fn.Return<(key: Key, value: Value) => void, never, Scope.Scope> {
  const pending = new Map<Key, Value>()
  const hasPending = Latch.makeUnsafe()

  yield* Effect.gen(function* () {
    yield* hasPending.await
    for (const [key, value] of pending) {
      pending.delete(key)
      yield* send(key, value)
    }
    hasPending.closeUnsafe()
  }).pipe(
    Effect.catchDefect((cause) => Effect.logWarning("A value was not taken by the server", cause)),
    Effect.forever,
    Effect.forkScoped
  )

  return (key, value) => {
    pending.set(key, value)
    hasPending.openUnsafe()
  }
})
