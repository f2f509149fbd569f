import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import * as ExitReason from "@messenger/otp/ExitReason"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import * as Worker from "@messenger/otp/Worker"
import { add, crash, make, settle } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

/** A root over one dynamic supervisor that writes down who is gone. */
const startDynamic = Effect.fnUntraced(function* (options: Partial<DynamicSupervisor.DynamicSupervisorOptions> = {}) {
  const gone: Array<string> = []
  const supervisor = DynamicSupervisor.make({
    id: "rooms",
    onChildDown: (id, reason) => gone.push(`${id}: ${ExitReason.describe(reason)}`),
    ...options
  })
  const root = yield* Supervisor.start({
    id: "root",
    intensity: { maxRestarts: 0, within: "1 second" },
    children: [supervisor.childSpec]
  })
  return { gone, root, supervisor }
})

describe("a dynamic supervisor", () => {
  it.effect("starts, lists and stops children while it runs", () =>
    Effect.gen(function* () {
      const { gone, supervisor } = yield* startDynamic()
      const [a, b] = yield* Effect.all([
        make({ id: "a", restart: "temporary" }),
        make({ id: "b", restart: "temporary" })
      ])
      yield* supervisor.startChild(a.childSpec)
      yield* supervisor.startChild(b.childSpec)
      assert.deepStrictEqual(yield* supervisor.whichChildren, ["a", "b"])
      assert.strictEqual(yield* add(a.ref), 1)
      yield* supervisor.terminateChild("a")
      assert.deepStrictEqual(yield* supervisor.whichChildren, ["b"])
      assert.strictEqual((yield* Effect.flip(add(a.ref)))._tag, "ActorStopped")
      assert.deepStrictEqual(gone, ["a: shutdown: stopped by its supervisor"])
    }).pipe(inTree)
  )

  it.effect("has one child per id, and knows none that it does not have", () =>
    Effect.gen(function* () {
      const { supervisor } = yield* startDynamic()
      const [one, two] = yield* Effect.all([make({ restart: "temporary" }), make({ restart: "temporary" })])
      yield* supervisor.startChild(one.childSpec)
      assert.strictEqual((yield* Effect.flip(supervisor.startChild(two.childSpec)))._tag, "AlreadyStarted")
      assert.strictEqual((yield* Effect.flip(supervisor.terminateChild("nobody")))._tag, "ChildNotFound")
    }).pipe(inTree)
  )

  it.effect("starts nothing while it does not run", () =>
    Effect.gen(function* () {
      const supervisor = DynamicSupervisor.make({ id: "rooms" })
      const { childSpec } = yield* make()
      assert.strictEqual((yield* Effect.flip(supervisor.startChild(childSpec)))._tag, "SupervisorStopped")
      yield* Effect.scoped(Supervisor.start({ id: "root", children: [supervisor.childSpec] }))
      assert.strictEqual((yield* Effect.flip(supervisor.startChild(childSpec)))._tag, "SupervisorStopped")
    }).pipe(inTree)
  )

  it.effect("forgets a child that fails to start", () =>
    Effect.gen(function* () {
      const { gone, supervisor } = yield* startDynamic()
      const { childSpec } = yield* make({ init: () => Effect.die(new Error("no such room")) })
      const failure = yield* Effect.flip(supervisor.startChild(childSpec))
      assert.include(failure.message, "no such room")
      assert.deepStrictEqual(yield* supervisor.whichChildren, [])
      assert.strictEqual(gone.length, 1)
    }).pipe(inTree)
  )

  it.effect("goes on starting others while one takes its time", () =>
    Effect.gen(function* () {
      const { supervisor } = yield* startDynamic()
      const slow = Worker.make({ id: "slow", restart: "temporary", init: Effect.sleep("1 second") })
      const starting = yield* Effect.forkChild(supervisor.startChild(slow))
      const { childSpec, ref } = yield* make({ id: "quick", restart: "temporary" })
      yield* supervisor.startChild(childSpec)
      assert.strictEqual(yield* add(ref), 1)
      assert.isUndefined(starting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(starting.pollUnsafe(), Exit.void)
    }).pipe(inTree)
  )

  it.effect("never restarts a temporary child, and spends nothing on it", () =>
    Effect.gen(function* () {
      const { gone, supervisor } = yield* startDynamic({ intensity: { maxRestarts: 0, within: "1 second" } })
      for (const id of ["a", "b", "c"]) {
        const { childSpec, ref } = yield* make({ id, restart: "temporary" })
        yield* supervisor.startChild(childSpec)
        yield* crash(ref)
      }
      assert.deepStrictEqual(gone, ["a: crashed: Error: boom", "b: crashed: Error: boom", "c: crashed: Error: boom"])
      const { childSpec, ref } = yield* make({ id: "d", restart: "temporary" })
      yield* supervisor.startChild(childSpec)
      assert.strictEqual(yield* add(ref), 1)
    }).pipe(inTree)
  )

  it.effect("restarts permanent children, and fails when that is too often", () =>
    Effect.gen(function* () {
      const { root, supervisor } = yield* startDynamic({ intensity: { maxRestarts: 1, within: "1 second" } })
      const { childSpec, ref } = yield* make()
      yield* supervisor.startChild(childSpec)
      yield* crash(ref)
      assert.strictEqual(yield* add(ref), 1)
      yield* crash(ref)
      assert.strictEqual((yield* root.awaitExit)._tag, "IntensityExceeded")
    }).pipe(inTree)
  )

  it.effect("does to the end what it was asked for by somebody who has gone", () =>
    Effect.gen(function* () {
      const { supervisor } = yield* startDynamic()
      const gate = yield* Deferred.make<void>()
      const init = () => Deferred.await(gate)
      const farewell = yield* Deferred.make<void>()
      const { childSpec, ref } = yield* make({ restart: "temporary", init, terminate: Deferred.await(farewell) })
      yield* Fiber.interrupt(yield* Effect.forkChild(supervisor.startChild(childSpec), { startImmediately: true }))
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* add(ref), 1)
      yield* Fiber.interrupt(yield* Effect.forkChild(supervisor.terminateChild("tally"), { startImmediately: true }))
      yield* Deferred.succeed(farewell, undefined)
      yield* settle
      assert.deepStrictEqual(yield* supervisor.whichChildren, [])
    }).pipe(inTree)
  )

  it.effect("stops all its children at once when it is stopped", () =>
    Effect.gen(function* () {
      const supervisor = DynamicSupervisor.make({ id: "rooms" })
      const gate = yield* Deferred.make<void>()
      const program = Effect.gen(function* () {
        yield* Supervisor.start({ id: "root", children: [supervisor.childSpec] })
        for (const id of ["a", "b", "c"]) {
          const { childSpec } = yield* make({ id, restart: "temporary", terminate: Effect.sleep("1 second") })
          yield* supervisor.startChild(childSpec)
        }
        yield* Deferred.await(gate)
      })
      const closing = yield* Effect.forkChild(Effect.scoped(program))
      yield* TestClock.adjust("1 second")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(closing.pollUnsafe(), Exit.void)
    }).pipe(inTree)
  )

  it.effect("starts empty when it is restarted itself", () =>
    Effect.gen(function* () {
      const supervisor = DynamicSupervisor.make({ id: "rooms" })
      yield* Supervisor.start({ id: "root", children: [supervisor.childSpec] })
      const { childSpec, ref } = yield* make({ restart: "temporary" })
      yield* supervisor.startChild(childSpec)
      const tree = yield* SupervisionTree
      yield* tree.killChild("root/rooms")
      yield* settle
      assert.deepStrictEqual(yield* supervisor.whichChildren, [])
      assert.strictEqual((yield* Effect.flip(add(ref)))._tag, "ActorStopped")
      yield* supervisor.startChild((yield* make({ restart: "temporary" })).childSpec)
    }).pipe(inTree)
  )

  it.effect("survives an onChildDown that dies", () =>
    Effect.gen(function* () {
      const onChildDown = () => {
        throw new Error("not my day")
      }
      const { supervisor } = yield* startDynamic({ onChildDown })
      const { childSpec } = yield* make({ restart: "temporary" })
      yield* supervisor.startChild(childSpec)
      yield* supervisor.terminateChild("tally")
      assert.deepStrictEqual(yield* supervisor.whichChildren, [])
    }).pipe(inTree)
  )
})

describe("a small supervisor below it", () => {
  const startRoom = Effect.fnUntraced(function* (id: string, supervisor: DynamicSupervisor.DynamicSupervisor) {
    const { childSpec, ref } = yield* make({ id: "room" })
    yield* supervisor.startChild(
      Supervisor.childSpec({
        id,
        restart: "temporary",
        intensity: { maxRestarts: 2, within: "10 seconds" },
        children: [childSpec]
      })
    )
    return ref
  })

  it.effect("spends its own restart intensity: a hundred rooms that crash once each are nobody's escalation", () =>
    Effect.gen(function* () {
      const { gone, supervisor } = yield* startDynamic()
      const ids = Array.from({ length: 100 }, (_, index) => `room-${index}`)
      const rooms = yield* Effect.forEach(ids, (id) => startRoom(id, supervisor))
      yield* Effect.forEach(rooms, (room) => room.cast({ _tag: "Crash" }))
      yield* settle
      const totals = yield* Effect.forEach(rooms, (room) => add(room))
      assert.deepStrictEqual(new Set(totals), new Set([1]))
      assert.deepStrictEqual(gone, [])
    }).pipe(inTree)
  )

  it.effect("that has spent it is reported, and takes no other with it", () =>
    Effect.gen(function* () {
      const { gone, supervisor } = yield* startDynamic()
      const [bad, good] = [yield* startRoom("bad", supervisor), yield* startRoom("good", supervisor)]
      yield* add(good, 7)
      for (let crashes = 0; crashes < 3; crashes++) yield* crash(bad)
      assert.deepStrictEqual(gone, ["bad: restart intensity exceeded: Error: boom"])
      assert.deepStrictEqual(yield* supervisor.whichChildren, ["good"])
      assert.strictEqual(yield* add(good, 1), 8)
    }).pipe(inTree)
  )

  it.effect("can be waited for until it is gone", () =>
    Effect.gen(function* () {
      const { supervisor } = yield* startDynamic()
      yield* startRoom("room", supervisor)
      const waiting = yield* Effect.forkChild(supervisor.awaitGone("room"))
      yield* settle
      assert.isUndefined(waiting.pollUnsafe())
      yield* supervisor.terminateChild("room")
      yield* Fiber.join(waiting)
      yield* supervisor.awaitGone("room")
    }).pipe(inTree)
  )
})
