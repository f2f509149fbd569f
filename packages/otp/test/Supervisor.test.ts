import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { Restart } from "@messenger/otp/ChildSpec"
import { crashed, normal, shutdown } from "@messenger/otp/ExitReason"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import * as Worker from "@messenger/otp/Worker"
import { add, crash, make, settle, type TallyOptions } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

/** Forgives everything. */
const lenient = { maxRestarts: 1000, within: "1 second" } as const

/** A root over tallies a, b, c, which all write into one diary. */
const startThree = (
  options: Partial<Supervisor.SupervisorOptions>,
  tallies: Record<string, TallyOptions & { readonly restart?: Restart }> = {}
) =>
  Effect.gen(function* () {
    const diary: Array<string> = []
    const [a, b, c] = yield* Effect.all([
      make({ id: "a", diary, ...tallies["a"] }),
      make({ id: "b", diary, ...tallies["b"] }),
      make({ id: "c", diary, ...tallies["c"] })
    ])
    const root = yield* Supervisor.start({
      id: "root",
      intensity: lenient,
      children: [a.childSpec, b.childSpec, c.childSpec],
      ...options
    })
    return { a: a.ref, b: b.ref, c: c.ref, diary, root, since: diary.length }
  })

const statusOf = Effect.fnUntraced(function* (path: string) {
  const tree = yield* SupervisionTree
  return (yield* tree.entry(path)).status
})

describe("a supervisor", () => {
  it.effect("starts its children in order, and stops them in reverse order", () =>
    Effect.gen(function* () {
      const { diary } = yield* Effect.scoped(startThree({}))
      const closed = "shutdown: the root is closed"
      assert.deepStrictEqual(diary, [
        "a starts as 1",
        "b starts as 1",
        "c starts as 1",
        `c ends: ${closed}`,
        `b ends: ${closed}`,
        `a ends: ${closed}`
      ])
    }).pipe(inTree)
  )

  it.effect("that cannot start a child stops those it has started, in reverse order, and fails", () =>
    Effect.gen(function* () {
      const init = () => Effect.die(new Error("no table"))
      const diary: Array<string> = []
      const [a, b, c] = yield* Effect.all([
        make({ id: "a", diary }),
        make({ id: "b", diary }),
        make({ id: "c", diary, init })
      ])
      const failure = yield* Effect.flip(
        Supervisor.start({ id: "root", children: [a.childSpec, b.childSpec, c.childSpec] })
      )
      assert.include(failure.message, "no table")
      assert.deepStrictEqual(
        diary.map((line) => line.slice(0, 6)),
        ["a star", "b star", "b ends", "a ends"]
      )
    }).pipe(inTree)
  )

  it.effect("refuses two children with one id", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([make(), make()])
      const failure = yield* Effect.flip(Supervisor.start({ id: "root", children: [one.childSpec, two.childSpec] }))
      assert.include(failure.message, "two children have one id")
    }).pipe(inTree)
  )

  it.effect("keeps the references and mailboxes of its children over its own restarts", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make()
      yield* Supervisor.start({
        id: "root",
        children: [
          Supervisor.childSpec({ id: "inner", intensity: { maxRestarts: 0, within: 1 }, children: [childSpec] })
        ]
      })
      yield* add(ref, 5)
      yield* crash(ref)
      assert.strictEqual(yield* add(ref, 1), 1)
      const tree = yield* SupervisionTree
      assert.deepInclude(yield* tree.entry("root/inner"), { incarnation: 2, restarts: 1 })
      assert.deepInclude(yield* tree.entry("root/inner/tally"), { incarnation: 2, status: "running" })
    }).pipe(inTree)
  )
})

describe("one_for_one", () => {
  it.effect("restarts the child that failed and no other", () =>
    Effect.gen(function* () {
      const { b, diary, since } = yield* startThree({ strategy: "one_for_one" })
      yield* crash(b)
      assert.deepStrictEqual(diary.slice(since), ["b takes crash", "b starts as 2"])
    }).pipe(inTree)
  )
})

describe("one_for_all", () => {
  it.effect("terminates the others in reverse order, then starts all in order", () =>
    Effect.gen(function* () {
      const { b, diary, since } = yield* startThree({ strategy: "one_for_all" })
      yield* crash(b)
      assert.deepStrictEqual(diary.slice(since), [
        "b takes crash",
        "c ends: shutdown: b is restarted",
        "a ends: shutdown: b is restarted",
        "a starts as 2",
        "b starts as 2",
        "c starts as 2"
      ])
    }).pipe(inTree)
  )

  it.effect("starts a transient child that had ended normally along with the rest", () =>
    Effect.gen(function* () {
      const { a, b, diary } = yield* startThree({ strategy: "one_for_all" }, { a: { restart: "transient" } })
      yield* a.cast({ _tag: "Stop" })
      yield* settle
      const since = diary.length
      yield* crash(b)
      assert.include(diary.slice(since), "a starts as 2")
      assert.strictEqual(yield* add(a), 1)
    }).pipe(inTree)
  )
})

describe("rest_for_one", () => {
  it.effect("restarts the child that failed and those started after it", () =>
    Effect.gen(function* () {
      const { b, diary, since } = yield* startThree({ strategy: "rest_for_one" })
      yield* crash(b)
      assert.deepStrictEqual(diary.slice(since), [
        "b takes crash",
        "c ends: shutdown: b is restarted",
        "b starts as 2",
        "c starts as 2"
      ])
    }).pipe(inTree)
  )

  it.effect("starts nobody before the predecessor's terminate is done", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { b, diary, since } = yield* startThree(
        { strategy: "rest_for_one" },
        { c: { terminate: Deferred.await(gate) } }
      )
      yield* crash(b)
      assert.deepStrictEqual(diary.slice(since), ["b takes crash"])
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual(diary.slice(since + 2), ["b starts as 2", "c starts as 2"])
    }).pipe(inTree)
  )
})

describe("a child that ends", () => {
  const end = Effect.fnUntraced(function* (restart: Restart, how: "normal" | "shutdown" | "abnormal" | "crash") {
    const { b, diary, since } = yield* startThree({}, { b: { restart } })
    const reason = how === "normal" ? normal : how === "shutdown" ? shutdown() : crashed(Cause.die("bad"))
    if (how === "crash") yield* crash(b)
    else yield* b.cast({ _tag: "Stop", reason })
    yield* settle
    return diary.slice(since).includes("b starts as 2")
  })

  it.effect.each([
    { restart: "permanent", how: "normal", isRestarted: true },
    { restart: "permanent", how: "shutdown", isRestarted: true },
    { restart: "permanent", how: "abnormal", isRestarted: true },
    { restart: "permanent", how: "crash", isRestarted: true },
    { restart: "transient", how: "normal", isRestarted: false },
    { restart: "transient", how: "shutdown", isRestarted: false },
    { restart: "transient", how: "abnormal", isRestarted: true },
    { restart: "transient", how: "crash", isRestarted: true },
    { restart: "temporary", how: "normal", isRestarted: false },
    { restart: "temporary", how: "crash", isRestarted: false }
  ] as const)("and is $restart, by $how: restarted = $isRestarted", ({ how, isRestarted, restart }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* end(restart, how), isRestarted)
    }).pipe(inTree)
  )

  it.effect("and is temporary leaves the tree", () =>
    Effect.gen(function* () {
      const { b } = yield* startThree({}, { b: { restart: "temporary" } })
      yield* crash(b)
      assert.strictEqual((yield* Effect.flip(statusOf("root/b")))._tag, "NotRunning")
      assert.strictEqual((yield* Effect.flip(add(b)))._tag, "ActorStopped")
    }).pipe(inTree)
  )

  it.effect("because a sibling is restarted, and is temporary, is not started again either", () =>
    Effect.gen(function* () {
      const { b, diary, since } = yield* startThree({ strategy: "one_for_all" }, { c: { restart: "temporary" } })
      yield* crash(b)
      assert.notInclude(diary.slice(since), "c starts as 2")
      assert.include(diary.slice(since), "a starts as 2")
    }).pipe(inTree)
  )
})

describe("restart intensity", () => {
  it.effect("is what a supervisor puts up with: one more, and it stops all children and fails to the one above", () =>
    Effect.gen(function* () {
      const { a, diary, root, since } = yield* startThree({ intensity: { maxRestarts: 2, within: "10 seconds" } })
      yield* crash(a)
      yield* crash(a)
      assert.strictEqual(yield* statusOf("root"), "running")
      yield* crash(a)
      const failure = yield* Effect.flip(root.awaitFailure)
      assert.include(failure.message, "restart intensity exceeded")
      assert.include(failure.message, "boom")
      assert.deepStrictEqual(diary.slice(since + 5), [
        "c ends: shutdown: stopped by its supervisor",
        "b ends: shutdown: stopped by its supervisor"
      ])
    }).pipe(inTree)
  )

  it.effect("forgets restarts that lie further back than its window", () =>
    Effect.gen(function* () {
      const { a } = yield* startThree({ intensity: { maxRestarts: 1, within: "10 seconds" } })
      yield* crash(a)
      yield* TestClock.adjust("10001 millis")
      yield* crash(a)
      assert.strictEqual(yield* add(a), 1)
    }).pipe(inTree)
  )

  it.effect("is spent once by a failure, however many siblings are restarted for it", () =>
    Effect.gen(function* () {
      const { a } = yield* startThree({ strategy: "one_for_all", intensity: { maxRestarts: 1, within: "10 seconds" } })
      yield* crash(a)
      assert.strictEqual(yield* statusOf("root"), "running")
    }).pipe(inTree)
  )

  it.effect("is shared by all children", () =>
    Effect.gen(function* () {
      const { a, b, root } = yield* startThree({ intensity: { maxRestarts: 1, within: "10 seconds" } })
      yield* crash(a)
      yield* crash(b)
      assert.strictEqual((yield* root.awaitExit)._tag, "IntensityExceeded")
    }).pipe(inTree)
  )

  it.effect("is spent by every try to start a child again that fails", () =>
    Effect.gen(function* () {
      let starts = 0
      const init = () => (starts++ === 0 ? Effect.void : Effect.die(new Error("still broken")))
      const { a, root } = yield* startThree({ intensity: { maxRestarts: 3, within: "10 seconds" } }, { a: { init } })
      yield* crash(a)
      assert.include((yield* Effect.flip(root.awaitFailure)).message, "still broken")
      assert.strictEqual(starts, 4)
    }).pipe(inTree)
  )

  it.effect("escalates from supervisor to supervisor until one can restart, or past the root with the cause", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make()
      const none = { maxRestarts: 0, within: "1 second" } as const
      const inner = Supervisor.childSpec({ id: "inner", intensity: none, children: [childSpec] })
      const outer = Supervisor.childSpec({ id: "outer", intensity: none, children: [inner] })
      const root = yield* Supervisor.start({
        id: "root",
        intensity: { maxRestarts: 1, within: "1 second" },
        children: [outer]
      })
      yield* crash(ref)
      assert.strictEqual(yield* add(ref), 1)
      yield* crash(ref)
      const failure = yield* Effect.flip(root.awaitFailure)
      assert.strictEqual(failure.cause instanceof Error ? failure.cause.message : failure.cause, "boom")
      assert.strictEqual((yield* Effect.flip(add(ref)))._tag, "ActorStopped")
    }).pipe(inTree)
  )

  it.effect("that a transient supervisor has spent is an end by shutdown: it is not restarted", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make()
      const none = { maxRestarts: 0, within: "1 second" } as const
      const inner = Supervisor.childSpec({ id: "inner", restart: "transient", intensity: none, children: [childSpec] })
      yield* Supervisor.start({ id: "root", children: [inner] })
      yield* crash(ref)
      assert.strictEqual(yield* statusOf("root/inner"), "stopped")
      assert.strictEqual((yield* Effect.flip(add(ref)))._tag, "ActorStopped")
    }).pipe(inTree)
  )
})

describe("backoff", () => {
  const backoff = { initial: "1 second", max: "3 seconds" } as const

  it.effect("holds a restart back, longer from restart to restart, while siblings go on", () =>
    Effect.gen(function* () {
      const { a, b, diary } = yield* startThree({ backoff, intensity: { maxRestarts: 10, within: "1 hour" } })
      for (const limit of [1000, 2000, 3000, 3000]) {
        yield* crash(a)
        const since = diary.length
        assert.strictEqual(yield* statusOf("root/a"), "restarting")
        yield* TestClock.adjust(limit / 2 - 1)
        assert.strictEqual(yield* add(b, 0), 0)
        assert.deepStrictEqual(diary.slice(since), ["b takes add"])
        yield* TestClock.adjust(limit / 2 + 1)
        assert.match(diary.at(-1) ?? "", /^a starts/)
      }
    }).pipe(inTree)
  )

  it.effect("is cut short by the stop of the supervisor", () =>
    Effect.gen(function* () {
      const { diary } = yield* Effect.scoped(Effect.tap(startThree({ backoff }), ({ a }) => crash(a)))
      yield* TestClock.adjust("1 minute")
      assert.notInclude(diary, "a starts as 2")
    }).pipe(inTree)
  )

  it.effect("of a child gives way to the restart of an earlier sibling that takes it along", () =>
    Effect.gen(function* () {
      const { a, c, diary } = yield* startThree({ backoff, strategy: "rest_for_one" })
      yield* crash(c)
      yield* TestClock.adjust("400 millis")
      yield* crash(a)
      const since = diary.length
      yield* TestClock.adjust("499 millis")
      assert.deepStrictEqual(diary.slice(since), [])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(diary.slice(since), ["a starts as 2", "b starts as 2", "c starts as 2"])
    }).pipe(inTree)
  )
})

describe("shutdown", () => {
  const stubborn = Effect.uninterruptible(Effect.sleep("1 hour"))

  it.effect("kills a child whose time to stop is over, and waits for it no longer", () =>
    Effect.gen(function* () {
      const slow = yield* make({ id: "slow", shutdown: "2 seconds", terminate: stubborn })
      const gate = yield* Deferred.make<void>()
      const root = Effect.andThen(Supervisor.start({ id: "root", children: [slow.childSpec] }), Deferred.await(gate))
      const closing = yield* Effect.forkChild(Effect.scoped(root))
      yield* TestClock.adjust("1 second")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(closing.pollUnsafe(), Exit.void)
    }).pipe(inTree)
  )

  it.effect("by brutal kill neither asks nor waits: terminate does not run", () =>
    Effect.gen(function* () {
      const { a, diary, since } = yield* startThree(
        { strategy: "one_for_all" },
        { c: { terminate: Effect.never, shutdown: "brutal_kill" } }
      )
      yield* crash(a)
      assert.deepStrictEqual(diary.slice(since), [
        "a takes crash",
        "b ends: shutdown: a is restarted",
        "a starts as 2",
        "b starts as 2",
        "c starts as 2"
      ])
    }).pipe(inTree)
  )

  it.effect("reaches a child that is still starting", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const hanging = Worker.make({
        id: "hanging",
        init: Effect.onInterrupt(Effect.never, () => Effect.sync(() => diary.push("interrupted")))
      })
      const starting = yield* Effect.forkChild(Effect.scoped(Supervisor.start({ id: "root", children: [hanging] })))
      yield* settle
      yield* Fiber.interrupt(starting)
      assert.deepStrictEqual(diary, ["interrupted"])
    }).pipe(inTree)
  )

  it.effect("of a supervisor waits for all below it, however long they are allowed to take", () =>
    Effect.gen(function* () {
      const slow = yield* make({ id: "slow", shutdown: "infinity", terminate: Effect.sleep("1 hour") })
      const inner = Supervisor.childSpec({ id: "inner", children: [slow.childSpec] })
      const gate = yield* Deferred.make<void>()
      const root = Effect.andThen(Supervisor.start({ id: "root", children: [inner] }), Deferred.await(gate))
      const closing = yield* Effect.forkChild(Effect.scoped(root))
      yield* TestClock.adjust("1 second")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("59 minutes")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(closing.pollUnsafe(), Exit.void)
    }).pipe(inTree)
  )
})

describe("automatic shutdown", () => {
  const startSignificant = (autoShutdown: "any_significant" | "all_significant") =>
    Effect.gen(function* () {
      const [one, two, plain] = yield* Effect.all([
        make({ id: "one", restart: "transient", isSignificant: true }),
        make({ id: "two", restart: "transient", isSignificant: true }),
        make({ id: "plain" })
      ])
      const inner = Supervisor.childSpec({
        id: "inner",
        restart: "transient",
        autoShutdown,
        children: [plain.childSpec, one.childSpec, two.childSpec]
      })
      yield* Supervisor.start({ id: "root", intensity: lenient, children: [inner] })
      return { one: one.ref, two: two.ref }
    })

  it.effect("any_significant ends the supervisor with the first significant child that ends", () =>
    Effect.gen(function* () {
      const { one } = yield* startSignificant("any_significant")
      yield* one.cast({ _tag: "Stop" })
      yield* settle
      assert.strictEqual(yield* statusOf("root/inner"), "stopped")
    }).pipe(inTree)
  )

  it.effect("all_significant waits for the last of them", () =>
    Effect.gen(function* () {
      const { one, two } = yield* startSignificant("all_significant")
      yield* one.cast({ _tag: "Stop" })
      yield* settle
      assert.strictEqual(yield* statusOf("root/inner"), "running")
      yield* two.cast({ _tag: "Stop" })
      yield* settle
      assert.strictEqual(yield* statusOf("root/inner"), "stopped")
    }).pipe(inTree)
  )

  it.effect("does not happen when a significant child is restarted", () =>
    Effect.gen(function* () {
      const { one } = yield* startSignificant("any_significant")
      yield* crash(one)
      assert.strictEqual(yield* statusOf("root/inner"), "running")
    }).pipe(inTree)
  )

  it.effect("is not for permanent children, nor for supervisors that never shut down", () =>
    Effect.gen(function* () {
      const permanent = yield* make({ isSignificant: true })
      const first = yield* Effect.flip(
        Supervisor.start({ id: "root", autoShutdown: "any_significant", children: [permanent.childSpec] })
      )
      assert.include(first.message, "permanent")
      const transient = yield* make({ restart: "transient", isSignificant: true })
      const second = yield* Effect.flip(Supervisor.start({ id: "root", children: [transient.childSpec] }))
      assert.include(second.message, "never shuts down")
    }).pipe(inTree)
  )
})

describe("a whole program", () => {
  it.effect("fails with what escalated past the root", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make()
      const program = yield* Effect.forkChild(
        Effect.exit(Supervisor.run({ id: "root", intensity: { maxRestarts: 0, within: 1 }, children: [childSpec] }))
      )
      yield* settle
      yield* crash(ref)
      assert.isTrue(Exit.isFailure(yield* Fiber.join(program)))
    }).pipe(inTree)
  )

  it.effect("stops in order when it is interrupted", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { childSpec } = yield* make({ diary })
      const program = yield* Effect.forkChild(Supervisor.run({ id: "root", children: [childSpec] }))
      yield* settle
      yield* Fiber.interrupt(program)
      assert.deepStrictEqual(diary.slice(1), ["tally ends: shutdown: the root is closed"])
    }).pipe(inTree)
  )
})
