import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import * as Worker from "@messenger/otp/Worker"
import { settle } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

describe("a worker", () => {
  it.effect("has started when its init is done: the next child waits for that", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const worker = (id: string) =>
        Worker.make({
          id,
          init: Effect.delay(
            Effect.sync(() => diary.push(`${id} is ready`)),
            "1 second"
          )
        })
      yield* Effect.forkScoped(Supervisor.start({ id: "root", children: [worker("database"), worker("server")] }))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary, ["database is ready"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary, ["database is ready", "server is ready"])
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("is restarted when it fails, after its finalizers", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const loop = Worker.make({
        id: "loop",
        init: Effect.acquireRelease(
          Effect.sync(() => diary.push("open")),
          () => Effect.sync(() => diary.push("close"))
        ),
        run: () => Effect.delay(Effect.fail("connection lost"), "10 seconds")
      })
      yield* Supervisor.start({ id: "root", children: [loop] })
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(diary, ["open", "close", "open"])
    }).pipe(inTree)
  )

  it.effect("that returns has ended normally", () =>
    Effect.gen(function* () {
      const once = Worker.make({ id: "once", restart: "transient", init: Effect.void, run: () => Effect.void })
      yield* Supervisor.start({ id: "root", children: [once] })
      yield* settle
      const tree = yield* SupervisionTree
      assert.deepInclude(yield* tree.entry("root/once"), { status: "stopped", restarts: 0, lastFailure: null })
    }).pipe(inTree)
  )

  it.effect("is stopped by interruption, and its finalizers are waited for", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const released = Effect.delay(
        Effect.sync(() => diary.push("released")),
        "3 seconds"
      )
      const worker = Worker.make({ id: "worker", init: Effect.addFinalizer(() => released) })
      const gate = yield* Deferred.make<void>()
      yield* Effect.forkChild(
        Effect.scoped(Effect.andThen(Supervisor.start({ id: "root", children: [worker] }), Deferred.await(gate))).pipe(
          Effect.tap(Effect.sync(() => diary.push("closed")))
        )
      )
      // The first sleep on a test clock that was never moved is cut short inside a finalizer.
      yield* TestClock.adjust("1 second")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(diary, [])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary, ["released", "closed"])
    }).pipe(inTree)
  )

  it.effect("that fails to start keeps its supervisor from starting", () =>
    Effect.gen(function* () {
      const worker = Worker.make({ id: "server", init: Effect.fail("port taken") })
      const failure = yield* Effect.flip(Supervisor.start({ id: "root", children: [worker] }))
      assert.include(failure.message, "port taken")
    }).pipe(inTree)
  )
})
