import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import * as Supervisor from "@messenger/otp/Supervisor"
import { outline, Snapshot, SupervisionTree, type TreeChange } from "@messenger/otp/SupervisionTree"
import * as Worker from "@messenger/otp/Worker"
import { add, crash, make, note, settle } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

const startHouse = Effect.gen(function* () {
  const { childSpec, ref } = yield* make()
  const rooms = DynamicSupervisor.make({ id: "rooms" })
  const root = yield* Supervisor.start({
    id: "root",
    strategy: "rest_for_one",
    intensity: { maxRestarts: 10, within: "1 second" },
    children: [
      Worker.make({ id: "database", kind: "storage", init: Effect.void }),
      Supervisor.childSpec({ id: "chat", intensity: { maxRestarts: 10, within: "1 second" }, children: [childSpec] }),
      rooms.childSpec
    ]
  })
  return { ref, rooms, root, tree: yield* SupervisionTree }
})

describe("the supervision tree", () => {
  it.effect("lists every member, parents before their children, siblings in start order", () =>
    Effect.gen(function* () {
      const { tree } = yield* startHouse
      const { entries } = yield* tree.snapshot()
      assert.deepStrictEqual(
        entries.map(({ path }) => path),
        ["root", "root/database", "root/chat", "root/chat/tally", "root/rooms"]
      )
      const below = yield* tree.snapshot("root/chat")
      assert.deepStrictEqual(
        below.entries.map(({ path }) => path),
        ["root/chat", "root/chat/tally"]
      )
      assert.deepStrictEqual((yield* tree.snapshot("root/nowhere")).entries, [])
    }).pipe(inTree)
  )

  it.effect("knows kind, status, since when, incarnation, restarts and the last failure of each", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      yield* TestClock.adjust("3 seconds")
      yield* crash(ref)
      const { mailbox: _, ...entry } = yield* tree.entry("root/chat/tally")
      assert.deepStrictEqual(entry, {
        path: "root/chat/tally",
        kind: "tally",
        type: "actor",
        strategy: null,
        restart: "permanent",
        status: "running",
        sinceMillis: 3000,
        incarnation: 2,
        restarts: 1,
        lastFailure: { atMillis: 3000, reason: "crashed: Error: boom" }
      })
    }).pipe(inTree)
  )

  it.effect("knows how deep a mailbox is, how old its oldest command, and how long the turns took", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      const gate = yield* Deferred.make<void>()
      yield* ref.cast({ _tag: "Wait", until: Deferred.await(gate) })
      yield* settle
      yield* note(ref, "a")
      yield* TestClock.adjust("2 seconds")
      yield* note(ref, "b")
      const busy = yield* tree.entry("root/chat/tally")
      assert.deepInclude(busy.mailbox, { depth: 2, oldestAgeMillis: 2000, handled: 1, receiveMillis: 0 })
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      const idle = yield* tree.entry("root/chat/tally")
      assert.deepStrictEqual(idle.mailbox, { depth: 0, oldestAgeMillis: 0, handled: 3, receiveMillis: 2000 })
    }).pipe(inTree)
  )

  it.effect("is data: a snapshot survives the wire", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      yield* crash(ref)
      const snapshot = yield* tree.snapshot()
      const json = yield* Schema.encodeEffect(Schema.fromJsonString(Snapshot))(snapshot)
      assert.deepStrictEqual(yield* Schema.decodeEffect(Schema.fromJsonString(Snapshot))(json), snapshot)
    }).pipe(inTree)
  )

  it.effect("kills what an operator points at: a crash, restarted and counted", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      yield* add(ref, 5)
      yield* tree.killChild("root/chat/tally")
      yield* settle
      assert.strictEqual(yield* add(ref, 1), 1)
      assert.deepInclude(yield* tree.entry("root/chat/tally"), { incarnation: 2, restarts: 1 })
      yield* tree.killChild("root/database")
      yield* settle
      assert.deepInclude(yield* tree.entry("root/database"), { incarnation: 2, restarts: 1, status: "running" })
      assert.strictEqual((yield* Effect.flip(tree.killChild("root/nobody")))._tag, "NotRunning")
    }).pipe(inTree)
  )

  it.effect("kills an actor in the middle of a turn, and fails its callers", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      const caller = yield* Effect.forkChild(
        Effect.flip(ref.call<number>((replyTo) => ({ _tag: "Wait", until: Effect.never, replyTo })))
      )
      yield* settle
      yield* tree.killChild("root/chat/tally")
      assert.deepInclude(yield* Fiber.join(caller), { _tag: "ActorCrashed", reason: "killed: by an operator" })
      assert.strictEqual(yield* add(ref), 1)
    }).pipe(inTree)
  )

  it.effect("kills a supervisor with its children, and its own supervisor starts both again", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      yield* tree.killChild("root/chat")
      yield* settle
      assert.deepInclude(yield* tree.entry("root/chat"), { incarnation: 2, restarts: 1, status: "running" })
      assert.strictEqual(yield* add(ref), 1)
    }).pipe(inTree)
  )

  it.effect("stops what still runs when it is closed itself", () =>
    Effect.gen(function* () {
      const diary: Array<string> = []
      yield* Effect.gen(function* () {
        const { childSpec } = yield* make({ diary })
        yield* Supervisor.start({ id: "root", children: [childSpec] })
      }).pipe(inTree)
      assert.deepStrictEqual(diary.slice(1), ["tally ends: shutdown: the root is closed"])
    })
  )
})

describe("its changes", () => {
  const read = Effect.gen(function* () {
    const tree = yield* SupervisionTree
    const queue = yield* Queue.unbounded<TreeChange>()
    yield* Effect.forkScoped(Stream.runForEach(tree.changes, (change) => Queue.offer(queue, change)))
    yield* settle
    return Effect.andThen(settle, Queue.clear(queue))
  })

  it.effect("begin with the whole tree, then tell what became of each member", () =>
    Effect.gen(function* () {
      const { ref } = yield* startHouse
      const news = yield* read
      const [first] = yield* news
      assert.strictEqual(first?._tag === "Snapshot" ? first.snapshot.entries.length : 0, 5)
      yield* crash(ref)
      const later = yield* news
      const entries = later.flatMap((change) => (change._tag === "Changed" ? change.entries : []))
      assert.deepInclude(entries.at(-1), { path: "root/chat/tally", status: "running", incarnation: 2, restarts: 1 })
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("tell of members that come and go", () =>
    Effect.gen(function* () {
      const { rooms } = yield* startHouse
      const news = yield* read
      yield* news
      const { childSpec } = yield* make({ id: "lobby", restart: "temporary" })
      yield* rooms.startChild(childSpec)
      const [came] = yield* news
      assert.deepStrictEqual(came?._tag === "Changed" ? came.entries.map(({ path }) => path) : [], ["root/rooms/lobby"])
      yield* rooms.terminateChild("lobby")
      const [went] = yield* news
      assert.deepInclude(went, { _tag: "Changed", entries: [], removed: ["root/rooms/lobby"] })
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("give a slow reader the newest of each member, not every step", () =>
    Effect.gen(function* () {
      const { ref, tree } = yield* startHouse
      const gate = yield* Queue.unbounded<void>()
      const seen: Array<TreeChange> = []
      yield* Effect.forkScoped(
        Stream.runForEach(tree.changes, (change) => {
          seen.push(change)
          return Queue.take(gate)
        })
      )
      yield* settle
      for (let crashes = 0; crashes < 5; crashes++) yield* crash(ref)
      yield* Queue.offer(gate, undefined)
      yield* settle
      const last = seen[1]
      assert.deepStrictEqual(
        last?._tag === "Changed" ? last.entries.map(({ path, restarts }) => [path, restarts]) : [],
        [["root/chat/tally", 5]]
      )
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("begin anew for a reader that has fallen hopelessly behind", () =>
    Effect.gen(function* () {
      const { rooms, tree } = yield* startHouse
      const gate = yield* Queue.unbounded<void>()
      const seen: Array<TreeChange> = []
      yield* Effect.forkScoped(
        Stream.runForEach(tree.changes, (change) => {
          seen.push(change)
          return Queue.take(gate)
        })
      )
      yield* settle
      for (let index = 0; index < 10_001; index++) {
        yield* rooms.startChild(Worker.make({ id: `${index}`, kind: "room", restart: "temporary", init: Effect.void }))
      }
      yield* Queue.offer(gate, undefined)
      yield* settle
      const last = seen[1]
      assert.strictEqual(last?._tag === "Snapshot" ? last.snapshot.entries.length : 0, 10_006)
    }).pipe(Effect.scoped, inTree)
  )
})

describe("the outline", () => {
  it.effect("draws the tree the same for every run, without what comes and goes", () =>
    Effect.gen(function* () {
      const { ref, rooms, tree } = yield* startHouse
      const drawing = [
        "root (rest_for_one)",
        "  database (worker, permanent)",
        "  chat (one_for_one, permanent)",
        "    tally (actor, permanent)",
        "  rooms (dynamic, permanent)"
      ]
      assert.strictEqual(outline(yield* tree.snapshot()), drawing.join("\n"))
      yield* crash(ref)
      yield* rooms.startChild((yield* make({ id: "lobby", restart: "temporary" })).childSpec)
      assert.strictEqual(outline(yield* tree.snapshot()), drawing.join("\n"))
      assert.strictEqual(
        outline(yield* tree.snapshot(), { isDynamicShown: true }),
        [...drawing, "    lobby (actor, temporary)"].join("\n")
      )
    }).pipe(inTree)
  )
})
