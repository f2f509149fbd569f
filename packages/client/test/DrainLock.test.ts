import { expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { describe } from "vitest"
import { DrainLock, leaseMillis, renewMillis } from "../src/DrainLock.ts"
import { memoryDevice, OutboxStore, StoreUnavailable } from "../src/OutboxStore.ts"
import { elapse, settle } from "./time.ts"

type Store = OutboxStore["Service"]

/** A tab that asks for the right to send, and what became of that. */
const ask = Effect.fnUntraced(function* (layer: Layer.Layer<DrainLock, never, OutboxStore>, store: Store) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (open) => Scope.close(open, Exit.void))
  const context = yield* Layer.build(Layer.provide(layer, Layer.succeed(OutboxStore, store)))
  const state = { hasRight: false, hasLost: false }
  const { acquire } = Context.get(context, DrainLock)
  yield* acquire.pipe(
    Effect.tap(() => Effect.sync(() => void (state.hasRight = true))),
    Effect.flatMap(({ lost }) => lost),
    Effect.tap(() => Effect.sync(() => void (state.hasLost = true))),
    Scope.provide(scope),
    Effect.forkIn(scope)
  )
  yield* settle
  return { state, close: Effect.andThen(Scope.close(scope, Exit.void), settle) }
})

// Node has Web Locks since version 24.
const webLocks =
  "locks" in navigator ? [{ kind: "Web Locks", layer: DrainLock.layerWebLocks(navigator.locks, "test") }] : []

describe.each([...webLocks, { kind: "a lease", layer: DrainLock.layerLease }])(
  "the right to send, by $kind",
  ({ layer }) => {
    it.effect("belongs to one tab, and passes on when that closes", () =>
      Effect.gen(function* () {
        const device = memoryDevice()
        const first = yield* ask(layer, device())
        const second = yield* ask(layer, device())
        yield* elapse(leaseMillis * 3)
        expect([first.state.hasRight, second.state.hasRight]).toEqual([true, false])
        yield* first.close
        yield* elapse(renewMillis)
        expect(second.state).toEqual({ hasRight: true, hasLost: false })
        yield* second.close
      })
    )

    it.effect("is not waited for by a tab that has closed", () =>
      Effect.gen(function* () {
        const device = memoryDevice()
        const first = yield* ask(layer, device())
        const second = yield* ask(layer, device())
        const third = yield* ask(layer, device())
        yield* second.close
        yield* first.close
        yield* elapse(renewMillis)
        expect([second.state.hasRight, third.state.hasRight]).toEqual([false, true])
        yield* third.close
      })
    )

    it.effect("is each tab's own when they cannot share a store", () =>
      Effect.gen(function* () {
        const broken = Effect.fail(new StoreUnavailable({ cause: "no storage in this window" }))
        const store: Store = { ...memoryDevice()(), entries: broken, lease: () => broken, release: () => broken }
        const first = yield* ask(layer, store)
        const second = yield* ask(layer, store)
        expect([first.state.hasRight, second.state.hasRight]).toEqual([true, true])
      })
    )
  }
)

describe("a lease", () => {
  it.effect("of a tab that froze is over after a while", () =>
    Effect.gen(function* () {
      const device = memoryDevice()
      yield* device().lease("a frozen tab", 0, leaseMillis)
      const { state } = yield* ask(DrainLock.layerLease, device())
      yield* elapse(leaseMillis - 1_000)
      expect(state.hasRight).toBe(false)
      yield* elapse(renewMillis)
      expect(state.hasRight).toBe(true)
    })
  )

  it.effect("that another tab took meanwhile is noticed as lost", () =>
    Effect.gen(function* () {
      const device = memoryDevice()
      const { state } = yield* ask(DrainLock.layerLease, device())
      yield* device().lease("another", leaseMillis, Number.MAX_SAFE_INTEGER)
      yield* elapse(renewMillis)
      expect(state).toEqual({ hasRight: true, hasLost: true })
    })
  )
})
