import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import { describe as text } from "@messenger/otp/ExitReason"
import * as Registry from "@messenger/otp/Registry"
import * as Supervisor from "@messenger/otp/Supervisor"
import { outline, SupervisionTree } from "@messenger/otp/SupervisionTree"
import { add, Away, behaviour, type Command, crash, note, settle, type Signal, type TallyOptions } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

/** A registry of tallies that all write into one diary. */
const startRegistry = Effect.fnUntraced(function* (
  tally: TallyOptions = {},
  options: Partial<
    Pick<Registry.RegistryOptions<string, unknown, unknown, unknown, unknown>, "intensity" | "quarantine">
  > = {}
) {
  const diary: Array<string> = []
  const supervisor = DynamicSupervisor.make({ id: "tallies" })
  const registry = yield* Registry.make({
    supervisor,
    behaviour: (key: string) => behaviour(key, { diary, ...tally }),
    ...options
  })
  yield* Supervisor.start({ id: "root", children: [supervisor.childSpec] })
  return { diary, registry, supervisor }
})

describe("a registry", () => {
  it.effect("starts an actor on demand, once, however many ask at the same time", () =>
    Effect.gen(function* () {
      const { diary, registry } = yield* startRegistry({ init: () => Effect.sleep("1 second") })
      const askers = Array.from({ length: 50 }, () => add(registry.ref("a")))
      const totals = yield* Effect.forkChild(Effect.all(askers, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Math.max(...(yield* Fiber.join(totals))), 50)
      assert.strictEqual(diary.filter((line) => line.includes("starts")).length, 1)
    }).pipe(inTree)
  )

  it.effect("answers a look-up without waiting for the actor's init", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ init: () => Effect.sleep("1 second") })
      assert.isUndefined(registry.whereis("a"))
      const ref = yield* registry.lookup("a")
      assert.strictEqual(ref.path, "root/tallies/a/tally")
      assert.deepStrictEqual(yield* registry.keys, ["a"])
      assert.isDefined(registry.whereis("a"))
    }).pipe(inTree)
  )

  it.effect("puts each actor under a small supervisor of its own, which shows in the tree", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry()
      yield* registry.lookup("a/b")
      const tree = yield* SupervisionTree
      assert.strictEqual(
        outline(yield* tree.snapshot(), { isDynamicShown: true }),
        [
          "root (one_for_one)",
          "  tallies (dynamic, permanent)",
          "    a%2Fb (one_for_one, temporary)",
          "      tally (actor, transient)"
        ].join("\n")
      )
      assert.strictEqual((yield* tree.entry("root/tallies/a%2Fb/tally")).status, "running")
    }).pipe(inTree)
  )

  it.effect("keeps a key's actor over crashes, and others out of it", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry()
      const [a, b] = [registry.ref("a"), registry.ref("b")]
      yield* add(b, 5)
      yield* add(a, 1)
      yield* crash(a)
      assert.strictEqual(yield* add(a, 1), 1)
      assert.strictEqual(yield* add(b, 1), 6)
    }).pipe(inTree)
  )

  it.effect("lets go of an actor that stops, and starts another at the next command", () =>
    Effect.gen(function* () {
      const { diary, registry } = yield* startRegistry()
      const ref = registry.ref("a")
      yield* ref.cast({ _tag: "Stop" })
      yield* settle
      assert.deepStrictEqual(yield* registry.keys, [])
      assert.strictEqual(yield* add(ref), 1)
      assert.deepStrictEqual(diary.filter((line) => line.includes("starts")).length, 2)
    }).pipe(inTree)
  )

  it.effect("gives a command that meets a closing actor to its successor", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ maxBatch: 1 })
      const ref = registry.ref("a")
      yield* add(ref, 5)
      yield* ref.cast({ _tag: "Stop" })
      const late = yield* Effect.forkChild(add(ref, 1))
      assert.strictEqual(yield* Fiber.join(late), 1)
    }).pipe(inTree)
  )

  it.effect("says that it is stopped when its supervisor does not run", () =>
    Effect.gen(function* () {
      const supervisor = DynamicSupervisor.make({ id: "tallies" })
      const registry = yield* Registry.make({ supervisor, behaviour: (key: string) => behaviour(key) })
      assert.strictEqual((yield* Effect.flip(add(registry.ref("a"))))._tag, "ActorStopped")
      assert.deepStrictEqual(yield* registry.keys, [])
    }).pipe(inTree)
  )

  it.effect("drops signals to nobody, and tells a monitor of nobody so", () =>
    Effect.gen(function* () {
      const { diary, registry } = yield* startRegistry()
      const seen: Array<string> = []
      registry.ref("a").signal({ _tag: "Told", text: "anybody?" })
      registry.ref("a").monitor(({ reason }) => seen.push(text(reason)))
      yield* settle
      assert.deepStrictEqual([diary, seen], [[], ["shutdown: no such actor"]])
    }).pipe(inTree)
  )

  it.effect("tells callers of the weather, and tries again while somebody asks or waits", () =>
    Effect.gen(function* () {
      let isAway = true
      const init = () => (isAway ? Effect.fail(new Away({ what: "database" })) : Effect.void)
      const { diary, registry } = yield* startRegistry({ init })
      assert.strictEqual((yield* Effect.flip(add(registry.ref("a"))))._tag, "Away")
      yield* note(registry.ref("a"), "kept")
      isAway = false
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(diary, ["a starts as 1", "a takes kept"])
    }).pipe(inTree)
  )

  it.effect("lets go of an actor that could not start when nobody waits for it any longer", () =>
    Effect.gen(function* () {
      let tries = 0
      const init = () => {
        tries++
        return Effect.fail(new Away({ what: "database" }))
      }
      const { registry } = yield* startRegistry({ init })
      yield* Effect.flip(add(registry.ref("a")))
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual([tries, yield* registry.keys], [2, ["a"]])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([tries, yield* registry.keys], [2, []])
    }).pipe(inTree)
  )
})

describe("passivation", () => {
  it.effect("comes when there was nothing to do for a while, and ends the actor in order", () =>
    Effect.gen(function* () {
      const { diary, registry, supervisor } = yield* startRegistry({ passivateAfter: "1 minute" })
      const ref = registry.ref("a")
      yield* add(ref)
      yield* TestClock.adjust("30 seconds")
      yield* add(ref)
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* registry.keys, ["a"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* registry.keys, [])
      assert.strictEqual(diary.at(-1), "a ends: normal")
      assert.deepStrictEqual(yield* supervisor.whichChildren, [])
    }).pipe(inTree)
  )

  it.effect("of an actor nobody ever sent to comes as well", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ passivateAfter: "1 minute" })
      yield* registry.lookup("a")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* registry.keys, [])
    }).pipe(inTree)
  )

  it.effect("waits until the state agrees", () =>
    Effect.gen(function* () {
      const isIdle = ({ total }: { readonly total: number }) => total === 0
      const { registry } = yield* startRegistry({ isIdle, passivateAfter: "1 minute" })
      const ref = registry.ref("a")
      yield* add(ref, 1)
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* registry.keys, ["a"])
      yield* add(ref, -1)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* registry.keys, [])
    }).pipe(inTree)
  )

  it.effect("waits while a caller waits for its answer, and while a turn runs", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ passivateAfter: "1 minute" })
      const ref = registry.ref("a")
      const caller = yield* Effect.forkChild(
        ref.call<string>((replyTo) => ({ _tag: "Keep", replyTo }), { timeout: "1 hour" })
      )
      yield* TestClock.adjust("10 minutes")
      yield* ref.cast({ _tag: "Wait", until: Effect.sleep("10 minutes") })
      yield* ref.cast({ _tag: "Answer", text: "here" })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Fiber.join(caller), "here")
    }).pipe(inTree)
  )

  it.effect("waits while somebody holds the key", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ passivateAfter: "1 minute" })
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* registry.hold("a")
          yield* Effect.scoped(registry.hold("a"))
          yield* add(registry.ref("a"))
          yield* TestClock.adjust("10 minutes")
          assert.deepStrictEqual(yield* registry.keys, ["a"])
        })
      )
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* registry.keys, [])
    }).pipe(inTree)
  )

  it.effect("frees the key in the same step: the successor takes what comes, and starts when terminate is done", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { diary, registry } = yield* startRegistry({ passivateAfter: "1 minute", terminate: Deferred.await(gate) })
      yield* add(registry.ref("a"), 5)
      yield* TestClock.adjust("1 minute")
      const next = yield* Effect.forkChild(add(registry.ref("a"), 1))
      yield* settle
      assert.deepStrictEqual(yield* registry.keys, ["a"])
      assert.deepStrictEqual(diary, ["a starts as 1", "a takes add"])
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* Fiber.join(next), 1)
      assert.deepStrictEqual(diary.slice(2), ["a ends: normal", "a starts as 1", "a takes add"])
    }).pipe(inTree)
  )

  it.effect("crashes an actor that cannot say whether it is idle", () =>
    Effect.gen(function* () {
      let isBroken = true
      const isIdle = () => {
        if (isBroken) throw new Error("who knows")
        return true
      }
      const { diary, registry } = yield* startRegistry({ isIdle, passivateAfter: "1 minute" })
      yield* registry.lookup("a")
      yield* TestClock.adjust("1 minute")
      isBroken = false
      assert.deepStrictEqual(diary, ["a starts as 1", "a starts as 2"])
    }).pipe(inTree)
  )
})

describe("quarantine", () => {
  const quarantine = { initial: "1 second", max: "4 seconds" } as const
  const intensity = { maxRestarts: 1, within: "10 seconds" } as const

  const exceed = Effect.fnUntraced(function* (registry: Registry.Registry<string, Command, Signal, Away>) {
    const ref = registry.ref("bad")
    yield* crash(ref)
    yield* crash(ref)
  })

  it.effect("refuses look-ups of a key whose actor failed too often, and of no other", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({}, { intensity, quarantine })
      yield* exceed(registry)
      const refused = yield* Effect.flip(registry.lookup("bad"))
      assert.deepInclude(refused, { _tag: "Quarantined", key: "bad", retryAfterMillis: 1000 })
      assert.include(refused.reason, "boom")
      assert.strictEqual((yield* Effect.flip(add(registry.ref("bad"))))._tag, "Quarantined")
      assert.strictEqual((yield* Effect.flip(note(registry.ref("bad"), "x")))._tag, "Quarantined")
      assert.strictEqual(yield* add(registry.ref("good")), 1)
    }).pipe(inTree)
  )

  it.effect("tells those whose commands were waiting", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry(
        { maxBatch: 1 },
        { intensity: { maxRestarts: 0, within: 1 }, quarantine }
      )
      yield* registry.ref("bad").cast({ _tag: "Crash" })
      const waiting = yield* Effect.forkChild(Effect.flip(add(registry.ref("bad"))))
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Quarantined")
    }).pipe(inTree)
  )

  it.effect("shows in the tree while it lasts, with what happened", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({}, { intensity, quarantine })
      yield* exceed(registry)
      const tree = yield* SupervisionTree
      const entry = yield* tree.entry("root/tallies/bad")
      assert.deepInclude(entry, { status: "quarantined", kind: "tally" })
      assert.include(entry.lastFailure?.reason, "restart intensity exceeded")
      assert.deepStrictEqual(
        (yield* registry.quarantined).map(({ key }) => key),
        ["bad"]
      )
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Effect.flip(tree.entry("root/tallies/bad")))._tag, "NotRunning")
      assert.deepStrictEqual(yield* registry.quarantined, [])
      assert.strictEqual(yield* add(registry.ref("bad")), 1)
    }).pipe(inTree)
  )

  it.effect("lasts twice as long each time, up to its maximum, and is forgotten after good behaviour", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({}, { intensity, quarantine })
      for (const millis of [1000, 2000, 4000, 4000]) {
        yield* exceed(registry)
        assert.strictEqual((yield* Effect.flip(registry.lookup("bad"))).retryAfterMillis, millis)
        yield* TestClock.adjust(millis)
      }
      yield* add(registry.ref("bad"))
      yield* TestClock.adjust("4 seconds")
      yield* exceed(registry)
      assert.strictEqual((yield* Effect.flip(registry.lookup("bad"))).retryAfterMillis, 1000)
    }).pipe(inTree)
  )

  it.effect("follows at once when an actor dies in its very first init", () =>
    Effect.gen(function* () {
      const { registry } = yield* startRegistry({ init: () => Effect.die(new Error("no head")) }, { quarantine })
      assert.strictEqual((yield* Effect.flip(add(registry.ref("bad"))))._tag, "Quarantined")
    }).pipe(inTree)
  )

  it.effect("does not follow an orderly end by the supervisor", () =>
    Effect.gen(function* () {
      const { registry, supervisor } = yield* startRegistry({}, { quarantine })
      yield* add(registry.ref("a"))
      yield* supervisor.terminateChild("a")
      assert.strictEqual(yield* add(registry.ref("a")), 1)
    }).pipe(inTree)
  )
})

describe("whatever happens", () => {
  const Step = Schema.Struct({
    key: Schema.Literals(["a", "b", "c"]),
    what: Schema.Literals([
      "call",
      "call",
      "keep",
      "answer",
      "crash",
      "poison",
      "wait",
      "stop",
      "kill",
      "kill room",
      "terminate",
      "weather",
      "hold",
      "second",
      "minute"
    ])
  })
  type Step = typeof Step.Type

  const keys = ["a", "b", "c"] as const

  /** Does the steps, then lets time heal everything. */
  const run = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
    const alive = new Map<string, number>()
    let most = 0
    let isAway = false
    const init = (self: { readonly path: string }) =>
      Effect.andThen(
        Effect.acquireRelease(
          Effect.sync(() => {
            alive.set(self.path, (alive.get(self.path) ?? 0) + 1)
            most = Math.max(most, alive.get(self.path) ?? 0)
          }),
          () => Effect.sync(() => alive.set(self.path, (alive.get(self.path) ?? 0) - 1))
        ),
        Effect.suspend(() => (isAway ? Effect.fail(new Away({ what: "database" })) : Effect.sleep("20 millis")))
      )
    const terminate = Effect.sleep("50 millis")
    const { registry, supervisor } = yield* startRegistry(
      { capacity: 3, init, maxBatch: 2, passivateAfter: "1 minute", terminate },
      { intensity: { maxRestarts: 2, within: "10 seconds" }, quarantine: { initial: "1 second", max: "1 minute" } }
    )
    const tree = yield* SupervisionTree
    const callers: Array<Fiber.Fiber<unknown, unknown>> = []
    const send = (effect: Effect.Effect<unknown, unknown>) =>
      Effect.map(Effect.forkChild(Effect.exit(effect)), (fiber) => callers.push(fiber))
    for (const { key, what } of steps) {
      const ref = registry.ref(key)
      if (what === "call") yield* send(add(ref, 1, "good"))
      else if (what === "keep") yield* send(ref.call<string>((replyTo) => ({ _tag: "Keep", replyTo })))
      else if (what === "answer") yield* send(ref.cast({ _tag: "Answer", text: "late" }))
      else if (what === "crash") yield* send(ref.cast({ _tag: "Crash" }))
      else if (what === "poison") yield* send(ref.cast({ _tag: "Crash", key: "poison" }))
      else if (what === "wait") yield* send(ref.cast({ _tag: "Wait", until: Effect.sleep("300 millis") }))
      else if (what === "stop") yield* send(ref.cast({ _tag: "Stop" }))
      else if (what === "kill") yield* Effect.ignore(tree.killChild(`root/tallies/${key}/tally`))
      else if (what === "kill room") yield* Effect.ignore(tree.killChild(`root/tallies/${key}`))
      else if (what === "terminate") yield* send(supervisor.terminateChild(key))
      else if (what === "weather") isAway = !isAway
      else if (what === "hold")
        yield* send(Effect.scoped(Effect.andThen(registry.hold(key), Effect.sleep("90 seconds"))))
      else yield* TestClock.adjust(what === "second" ? "1 second" : "1 minute")
      yield* Effect.yieldNow
    }
    isAway = false
    yield* TestClock.adjust("1 hour")
    yield* settle
    return { callers, keysLeft: yield* registry.keys, most, supervisor, telemetry: yield* tree.telemetry, registry }
  })

  it.effect.prop(
    "every caller hears something, no key ever has two actors, and nothing is left behind",
    [Schema.Array(Step)],
    ([steps]) =>
      Effect.gen(function* () {
        const { callers, keysLeft, most, registry, supervisor, telemetry } = yield* run(steps)
        assert.isTrue(callers.every((caller) => caller.pollUnsafe() !== undefined))
        assert.isAtMost(most, 1)
        assert.deepStrictEqual(keysLeft, [])
        assert.deepStrictEqual(yield* supervisor.whichChildren, [])
        const tally = telemetry.find(({ kind }) => kind === "tally")
        assert.deepStrictEqual([tally?.mailboxDepth ?? 0, tally?.live ?? 0, tally?.quarantined ?? 0], [0, 0, 0])
        for (const key of keys) {
          const total = yield* Effect.forkChild(add(registry.ref(key)))
          yield* TestClock.adjust("20 millis")
          assert.strictEqual(yield* Fiber.join(total), 1)
        }
        yield* TestClock.adjust("1 hour")
      }).pipe(Effect.scoped, inTree),
    { arbitrary: { runs: 150, size: 100 } }
  )
})
