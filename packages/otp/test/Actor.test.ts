import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { shutdown } from "@messenger/otp/ExitReason"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { add, Away, crash, keep, make, note, settle, type TallyOptions } from "./Tally.ts"

/** Puts one tally under a root that forgives everything. */
const startTally = (options?: TallyOptions & { readonly shutdown?: "brutal_kill" | "1 second" }) =>
  Effect.gen(function* () {
    const { childSpec, ref } = yield* make(options)
    const root = yield* Supervisor.start({
      id: "root",
      intensity: { maxRestarts: 100, within: "1 second" },
      children: [childSpec]
    })
    return { ref, root }
  })

const inTree = Effect.provide(SupervisionTree.layer)

describe("an actor", () => {
  it.effect("answers the calls of one turn from one state, in the order they were sent", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const totals = yield* Effect.forEach([1, 2, 3], (amount) => add(ref, amount), { concurrency: "unbounded" })
      assert.deepStrictEqual(totals, [1, 3, 6])
    }).pipe(inTree)
  )

  it.effect("answers a call at once when it is idle, in the caller's own step", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const caller = yield* Effect.forkChild(add(ref), { startImmediately: true })
      assert.deepStrictEqual(caller.pollUnsafe(), Exit.succeed(1))
    }).pipe(inTree)
  )

  it.effect("takes one turn at a time, and everything that was sent meanwhile in the next", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      const gate = yield* Deferred.make<void>()
      yield* ref.cast({ _tag: "Wait", until: Deferred.await(gate) })
      yield* settle
      yield* note(ref, "a")
      yield* note(ref, "b")
      yield* settle
      assert.deepStrictEqual(diary, ["tally starts as 1", "tally takes wait"])
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual(diary.slice(2), ["tally takes a, b"])
    }).pipe(inTree)
  )

  it.effect("takes no more than maxBatch commands in one turn", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary, maxBatch: 2 })
      for (const text of ["a", "b", "c", "d", "e"]) yield* note(ref, text)
      yield* settle
      assert.deepStrictEqual(diary.slice(1), ["tally takes a, b", "tally takes c, d", "tally takes e"])
    }).pipe(inTree)
  )

  it.effect("takes signals before commands that were sent earlier, and never refuses one for lack of room", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary, capacity: 1 })
      yield* note(ref, "command")
      ref.signal({ _tag: "Told", text: "first" })
      ref.signal({ _tag: "Told", text: "second" })
      yield* settle
      assert.deepStrictEqual(diary.slice(1), ["tally takes first, second, command"])
    }).pipe(inTree)
  )

  it.effect("receives commands that were sent before it was started", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make()
      const early = yield* Effect.forkChild(add(ref, 7))
      yield* settle
      yield* Supervisor.start({ id: "root", children: [childSpec] })
      assert.strictEqual(yield* Fiber.join(early), 7)
    }).pipe(inTree)
  )

  it.effect("has one supervisor", () =>
    Effect.gen(function* () {
      const { childSpec } = yield* make()
      yield* Supervisor.start({ id: "one", children: [childSpec] })
      const error = yield* Effect.flip(Supervisor.start({ id: "two", children: [childSpec] }))
      assert.include(error.reason, "runs already")
    }).pipe(inTree)
  )
})

describe("a full mailbox", () => {
  const fillMailbox = Effect.gen(function* () {
    const diary: Array<string> = []
    const { ref } = yield* startTally({ diary, capacity: 2 })
    const gate = yield* Deferred.make<void>()
    yield* ref.cast({ _tag: "Wait", until: Deferred.await(gate) })
    yield* settle
    yield* note(ref, "a")
    yield* note(ref, "b")
    return { diary, ref, drain: Effect.andThen(Deferred.succeed(gate, undefined), settle) }
  })

  it.effect("holds back whoever casts until there is room, in the order they came", () =>
    Effect.gen(function* () {
      const { diary, drain, ref } = yield* fillMailbox
      const third = yield* Effect.forkChild(note(ref, "c"))
      const fourth = yield* Effect.forkChild(note(ref, "d"))
      yield* settle
      assert.isUndefined(third.pollUnsafe())
      yield* drain
      yield* Fiber.joinAll([third, fourth])
      assert.deepStrictEqual(diary.slice(2), ["tally takes a, b", "tally takes c, d"])
    }).pipe(inTree)
  )

  it.effect("refuses a tryCast and a tryCall", () =>
    Effect.gen(function* () {
      const { drain, ref } = yield* fillMailbox
      const refused = yield* Effect.flip(ref.tryCast({ _tag: "Note", text: "c" }))
      assert.deepInclude(refused, { _tag: "MailboxFull", path: "root/tally", capacity: 2 })
      const unanswered = yield* Effect.flip(ref.tryCall<number>((replyTo) => ({ _tag: "Add", amount: 1, replyTo })))
      assert.strictEqual(unanswered._tag, "MailboxFull")
      yield* drain
    }).pipe(inTree)
  )

  it.effect("forgets a sender that is interrupted while it waits for room", () =>
    Effect.gen(function* () {
      const { diary, drain, ref } = yield* fillMailbox
      const waiting = yield* Effect.forkChild(note(ref, "c"))
      yield* settle
      yield* Fiber.interrupt(waiting)
      yield* drain
      assert.deepStrictEqual(diary.slice(2), ["tally takes a, b"])
    }).pipe(inTree)
  )
})

describe("a call", () => {
  it.effect("fails after five seconds without an answer, as gen_server:call does", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const caller = yield* Effect.forkChild(Effect.flip(keep(ref)))
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(caller.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepInclude(yield* Fiber.join(caller), { _tag: "CallTimeout", timeoutMillis: 5000 })
    }).pipe(inTree)
  )

  it.effect("may be answered in a later turn", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const caller = yield* Effect.forkChild(keep(ref))
      yield* settle
      yield* ref.cast({ _tag: "Answer", text: "late" })
      assert.strictEqual(yield* Fiber.join(caller), "late")
    }).pipe(inTree)
  )

  it.effect("counts its first answer only, and drops answers to a caller that has gone", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const open: Array<boolean> = []
      const answer = yield* ref.call<number>((replyTo) => ({
        _tag: "Do",
        what: () => {
          open.push(replyTo.isOpen)
          replyTo.succeed(1)
          replyTo.succeed(2)
          open.push(replyTo.isOpen)
        }
      }))
      assert.strictEqual(answer, 1)
      assert.deepStrictEqual(open, [true, false])
      const gone = yield* Effect.forkChild(keep(ref))
      yield* settle
      yield* Fiber.interrupt(gone)
      yield* ref.cast({ _tag: "Answer", text: "to nobody" })
      assert.strictEqual(yield* add(ref), 1)
    }).pipe(inTree)
  )

  it.effect("is withdrawn by interruption unless it was taken", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      const gate = yield* Deferred.make<void>()
      yield* ref.cast({ _tag: "Wait", until: Deferred.await(gate) })
      yield* settle
      const waiting = yield* Effect.forkChild(add(ref))
      yield* settle
      yield* Fiber.interrupt(waiting)
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual(diary, ["tally starts as 1", "tally takes wait"])
    }).pipe(inTree)
  )

  it.effect("is withdrawn by its timeout unless it was taken", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* ref.cast({ _tag: "Wait", until: Effect.sleep("10 seconds") })
      yield* settle
      const waiting = yield* Effect.forkChild(Effect.flip(add(ref)))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "CallTimeout")
      yield* settle
      assert.deepStrictEqual(diary, ["tally starts as 1", "tally takes wait"])
    }).pipe(inTree)
  )

  it.effect("lets its caller go on only when the turn that answered is over", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      const order: Array<string> = []
      const caller = yield* Effect.forkChild(Effect.tap(keep(ref), () => Effect.sync(() => order.push("caller"))))
      yield* settle
      yield* ref.cast({ _tag: "Answer", text: "now" })
      yield* ref.cast({ _tag: "Do", what: () => order.push("turn") })
      yield* Fiber.join(caller)
      assert.deepStrictEqual(order, ["turn", "caller"])
    }).pipe(inTree)
  )

  it.effect("can be made by one actor to another, and so on, a thousand deep", () =>
    Effect.gen(function* () {
      const tallies = yield* Effect.forEach(Array.from({ length: 1000 }), (_, index) => make({ id: `tally-${index}` }))
      yield* Supervisor.start({ id: "root", children: tallies.map(({ childSpec }) => childSpec) })
      const deepest = tallies.reduceRight<Effect.Effect<void>>(
        (rest, { ref }) =>
          Effect.orDie(
            ref.call<void>((replyTo) => ({
              _tag: "Wait",
              until: Effect.map(rest, () => replyTo.succeed(undefined))
            }))
          ),
        Effect.void
      )
      yield* deepest
    }).pipe(inTree)
  )
})

describe("after a crash", () => {
  it.effect(
    "the commands that were not taken meet the next incarnation, one per turn until the mailbox was empty",
    () =>
      Effect.gen(function* () {
        const diary: Array<string> = []
        const { ref } = yield* startTally({ diary, maxBatch: 1 })
        yield* ref.cast({ _tag: "Crash" })
        for (const text of ["a", "b"]) yield* note(ref, text)
        yield* settle
        assert.deepStrictEqual(diary, [
          "tally starts as 1",
          "tally takes crash",
          "tally starts as 2",
          "tally takes a",
          "tally takes b"
        ])
      }).pipe(inTree)
  )

  it.effect("turns take batches again once the mailbox has been empty", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      const gate = yield* Deferred.make<void>()
      yield* ref.cast({ _tag: "Wait", until: Effect.andThen(Deferred.await(gate), Effect.die("boom")) })
      yield* settle
      for (const text of ["a", "b"]) yield* note(ref, text)
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      for (const text of ["c", "d"]) yield* note(ref, text)
      yield* settle
      assert.deepStrictEqual(diary.slice(2), [
        "tally starts as 2",
        "tally takes a",
        "tally takes b",
        "tally takes c, d"
      ])
    }).pipe(inTree)
  )

  it.effect("every call that was taken and not answered fails, of this turn and of earlier ones, and no other", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally({ maxBatch: 1 })
      const earlier = yield* Effect.forkChild(Effect.flip(keep(ref)))
      yield* settle
      const crashing = yield* Effect.forkChild(Effect.flip(ref.call<number>((replyTo) => ({ _tag: "Crash", replyTo }))))
      const later = yield* Effect.forkChild(add(ref, 5))
      const failures = yield* Effect.all([Fiber.join(earlier), Fiber.join(crashing)])
      for (const failure of failures) {
        assert.deepInclude(failure, { _tag: "ActorCrashed", path: "root/tally", incarnation: 1 })
      }
      assert.strictEqual(yield* Fiber.join(later), 5)
    }).pipe(inTree)
  )

  it.effect("a command with a key that was alone in the failing turn is refused for good, without being tried", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      const poison = Effect.flip(ref.call<number>((replyTo) => ({ _tag: "Crash", replyTo, key: "poison" })))
      assert.strictEqual((yield* poison)._tag, "ActorCrashed")
      yield* settle
      assert.deepInclude(yield* poison, { _tag: "CommandRejected", key: "poison" })
      yield* ref.cast({ _tag: "Crash", key: "poison" })
      assert.strictEqual(yield* add(ref, 1, "another"), 1)
      yield* settle
      assert.deepStrictEqual(diary.slice(2), ["tally starts as 2", "tally takes add"])
    }).pipe(inTree)
  )

  it.effect("a keyed command that failed in company is tried once more, alone", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* note(ref, "neighbour")
      yield* ref.cast({ _tag: "Crash", key: "poison" })
      yield* settle
      const repeated = Effect.flip(ref.call<number>((replyTo) => ({ _tag: "Crash", replyTo, key: "poison" })))
      assert.strictEqual((yield* repeated)._tag, "ActorCrashed")
      yield* settle
      assert.strictEqual((yield* repeated)._tag, "CommandRejected")
    }).pipe(inTree)
  )

  it.effect("a poison command that waits behind its equal is refused when its turn would come", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally({ maxBatch: 1 })
      yield* ref.cast({ _tag: "Crash", key: "poison" })
      const second = ref.call<number>((replyTo) => ({ _tag: "Crash", replyTo, key: "poison" }))
      assert.strictEqual((yield* Effect.flip(second))._tag, "CommandRejected")
    }).pipe(inTree)
  )

  it.effect("the finalizers of the incarnation have run before the next one starts, and terminate has not", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const init = () => Effect.addFinalizer(() => Effect.sync(() => diary.push("finalizer")))
      const { ref } = yield* startTally({ diary, init })
      yield* crash(ref)
      assert.deepStrictEqual(diary, ["tally starts as 1", "tally takes crash", "finalizer", "tally starts as 2"])
    }).pipe(inTree)
  )

  it.effect("signals that came from outside stay, those that the old incarnation sent itself are void", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* ref.cast({
        _tag: "Do",
        what: (self) => {
          self.signal({ _tag: "Told", text: "from itself" })
          ref.signal({ _tag: "Told", text: "from outside" })
          throw new Error("boom")
        }
      })
      yield* settle
      assert.deepStrictEqual(diary.slice(2), ["tally starts as 2", "tally takes from outside"])
    }).pipe(inTree)
  )
})

describe("an incarnation", () => {
  it.effect("learns of the outcome of work it started by a signal", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* ref.cast({
        _tag: "Do",
        what: (self) =>
          self.spawn(Effect.delay(Effect.fail("disk full"), "1 second"), (exit) => ({
            _tag: "Told",
            text: Exit.isFailure(exit) ? "it failed" : "it worked"
          }))
      })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary.slice(2), ["tally takes it failed"])
    }).pipe(inTree)
  )

  it.effect("takes the work it started with it", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      const work = Effect.onInterrupt(Effect.never, () => Effect.sync(() => diary.push("interrupted")))
      yield* ref.cast({
        _tag: "Do",
        what: (self) => self.spawn(work, () => ({ _tag: "Told", text: "outcome" }))
      })
      yield* settle
      yield* crash(ref)
      assert.deepStrictEqual(diary.slice(2), ["tally takes crash", "interrupted", "tally starts as 2"])
    }).pipe(inTree)
  )

  it.effect("crashes when an outcome cannot be made a signal", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* ref.cast({
        _tag: "Do",
        what: (self) =>
          self.spawn(Effect.yieldNow, () => {
            throw new Error("no signal for this")
          })
      })
      yield* settle
      assert.deepStrictEqual(diary.slice(2), ["tally starts as 2"])
    }).pipe(inTree)
  )

  it.effect("sends itself signals after a while, unless they are cancelled", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { ref } = yield* startTally({ diary })
      yield* ref.cast({
        _tag: "Do",
        what: (self) => {
          self.signalAfter("2 seconds", { _tag: "Told", text: "two" })
          self.signalAfter("1 second", { _tag: "Told", text: "one" })
          self.signalAfter("1 second", { _tag: "Told", text: "never" })()
        }
      })
      yield* settle
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary.slice(2), ["tally takes one"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(diary.slice(3), ["tally takes two"])
    }).pipe(inTree)
  )

  it.effect("that was abandoned can send nothing any more, and its answers reach nobody", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const { childSpec, ref } = yield* make({ diary, shutdown: "brutal_kill", restart: "permanent" })
      const other = yield* make({ id: "other" })
      yield* Supervisor.start({ id: "root", strategy: "one_for_all", children: [childSpec, other.childSpec] })
      const gate = yield* Deferred.make<void>()
      const stubborn = yield* Effect.forkChild(
        Effect.exit(
          ref.call<number>((replyTo) => ({
            _tag: "Do",
            what: (self) =>
              self.spawn(Effect.uninterruptible(Effect.map(Deferred.await(gate), () => replyTo.succeed(1))), () => ({
                _tag: "Told",
                text: "too late"
              }))
          }))
        )
      )
      yield* settle
      yield* crash(other.ref)
      assert.deepStrictEqual(diary.slice(2), ["tally starts as 2"])
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual(diary.slice(3), [])
      assert.strictEqual(Exit.isFailure(yield* Fiber.join(stubborn)), true)
    }).pipe(inTree)
  )
})

describe("weather", () => {
  it.effect("fails the calls that wait, keeps the casts, and tries again without spending a restart", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      let isAway = true
      const init = () => (isAway ? Effect.fail(new Away({ what: "database" })) : Effect.void)
      const { childSpec, ref } = yield* make({ diary, init })
      yield* note(ref, "kept")
      const early = yield* Effect.forkChild(Effect.flip(add(ref)))
      yield* settle
      yield* Supervisor.start({
        id: "root",
        intensity: { maxRestarts: 0, within: "1 minute" },
        children: [childSpec]
      })
      assert.deepInclude(yield* Fiber.join(early), { _tag: "Away", what: "database" })
      const tree = yield* SupervisionTree
      const entry = yield* tree.entry("root/tally")
      assert.deepInclude(entry, { status: "waiting", incarnation: 1, restarts: 0 })
      isAway = false
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(diary, ["tally starts as 1", "tally takes kept"])
      assert.strictEqual(yield* add(ref), 1)
    }).pipe(inTree)
  )

  it.effect("waits longer from try to try, up to five seconds", () =>
    Effect.gen(function* () {
      const tries: Array<number> = []
      const init = () =>
        Effect.flatMap(
          Effect.clockWith((clock) => clock.currentTimeMillis),
          (now) => {
            tries.push(now)
            return Effect.fail(new Away({ what: "database" }))
          }
        )
      yield* startTally({ init })
      yield* TestClock.adjust("1 minute")
      const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
      const limits = [100, 200, 400, 800, 1600, 3200, 5000, 5000]
      limits.forEach((limit, index) => {
        const wait = waits[index] ?? 0
        assert.isTrue(wait >= limit / 2 && wait <= limit, `wait ${index} is ${wait} of ${limit}`)
      })
    }).pipe(inTree)
  )

  it.effect("closes the scope of the failed try before the next one", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      let tries = 0
      const init = () =>
        Effect.andThen(
          Effect.acquireRelease(
            Effect.sync(() => diary.push("acquired")),
            () => Effect.sync(() => diary.push("released"))
          ),
          tries++ === 0 ? Effect.fail(new Away({ what: "database" })) : Effect.void
        )
      yield* startTally({ diary, init })
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(diary, ["acquired", "released", "acquired", "tally starts as 1"])
    }).pipe(inTree)
  )
})

describe("an orderly end", () => {
  it.effect("waits for the turn that runs, then runs terminate with the last state, then the finalizers", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const init = () => Effect.addFinalizer(() => Effect.sync(() => diary.push("finalizer")))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { ref } = yield* startTally({ diary, init })
          yield* ref.cast({ _tag: "Wait", until: Effect.sleep("1 second") })
          yield* settle
          yield* Effect.forkChild(TestClock.adjust("1 second"))
        })
      )
      assert.deepStrictEqual(diary, [
        "tally starts as 1",
        "tally takes wait",
        "tally ends: shutdown: the root is closed",
        "finalizer"
      ])
    }).pipe(inTree)
  )

  it.effect("tells callers whose commands were not taken that the actor stopped, and all who come later", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make({ maxBatch: 1, restart: "temporary" })
      yield* Supervisor.start({ id: "root", children: [childSpec] })
      yield* ref.cast({ _tag: "Stop" })
      const waiting = yield* Effect.forkChild(Effect.flip(add(ref)))
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "ActorStopped")
      assert.strictEqual((yield* Effect.flip(add(ref)))._tag, "ActorStopped")
      assert.strictEqual((yield* Effect.flip(note(ref, "late")))._tag, "ActorStopped")
    }).pipe(inTree)
  )

  it.effect("is a crash when terminate dies", () =>
    Effect.gen(function* () {
      const { childSpec, ref } = yield* make({ restart: "transient", terminate: Effect.die(new Error("farewell")) })
      yield* Supervisor.start({ id: "root", children: [childSpec] })
      yield* ref.cast({ _tag: "Stop", reason: shutdown() })
      yield* settle
      const tree = yield* SupervisionTree
      const entry = yield* tree.entry("root/tally")
      assert.deepInclude(entry, { incarnation: 2, restarts: 1 })
      assert.include(entry.lastFailure?.reason, "farewell")
    }).pipe(inTree)
  )

  it.effect("that an actor decides on itself takes no longer than its shutdown time", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      const gate = yield* Deferred.make<void>()
      const { ref } = yield* startTally({ diary, terminate: Deferred.await(gate), shutdown: "1 second" })
      yield* ref.cast({ _tag: "Stop" })
      yield* TestClock.adjust("999 millis")
      assert.deepStrictEqual(diary.slice(2), [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(diary.slice(2), ["tally starts as 2"])
      yield* Deferred.succeed(gate, undefined)
    }).pipe(inTree)
  )
})
