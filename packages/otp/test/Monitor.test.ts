import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { describe as text } from "@messenger/otp/ExitReason"
import { type Down, downs, watch } from "@messenger/otp/Monitor"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { crash, make, settle } from "./Tally.ts"

const inTree = Effect.provide(SupervisionTree.layer)

const startTally = Effect.gen(function* () {
  const { childSpec, ref } = yield* make({ restart: "transient" })
  const start = Supervisor.start({
    id: "root",
    intensity: { maxRestarts: 100, within: "1 second" },
    children: [
      Supervisor.childSpec({ id: "inner", intensity: { maxRestarts: 1, within: "1 hour" }, children: [childSpec] })
    ]
  })
  return { ref, start }
})

const line = ({ incarnation, path, reason }: Down) => `${path} ${incarnation} ${text(reason)}`

describe("a monitor", () => {
  it.effect("tells of the end of each incarnation exactly once, whatever ended it", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      const seen: Array<string> = []
      yield* watch(ref, (down) => seen.push(line(down)))
      yield* start
      yield* crash(ref)
      yield* ref.cast({ _tag: "Stop" })
      yield* settle
      assert.deepStrictEqual(seen, ["root/inner/tally 1 crashed: Error: boom", "root/inner/tally 2 normal"])
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("tells every monitor, of one actor or of one callback", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      yield* start
      let count = 0
      const onDown = () => {
        count++
      }
      ref.monitor(onDown)
      ref.monitor(onDown)
      yield* crash(ref)
      assert.strictEqual(count, 2)
    }).pipe(inTree)
  )

  it.effect("tells nothing once it is given up, even of an end that has just happened", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      yield* start
      const seen: Array<string> = []
      const demonitor = ref.monitor((down) => seen.push(line(down)))
      yield* ref.cast({
        _tag: "Do",
        what: () => {
          throw new Error("boom")
        }
      })
      yield* ref.cast({ _tag: "Do", what: demonitor })
      demonitor()
      yield* settle
      assert.deepStrictEqual(seen, [])
    }).pipe(inTree)
  )

  it.effect("lasts as long as its scope", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      yield* start
      const seen: Array<string> = []
      yield* Effect.scoped(watch(ref, (down) => seen.push(line(down))))
      yield* crash(ref)
      assert.deepStrictEqual(seen, [])
    }).pipe(inTree)
  )

  it.effect("is a stream, too", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      yield* start
      const two = yield* Effect.forkChild(Stream.runCollect(Stream.take(downs(ref), 2)))
      yield* settle
      yield* crash(ref)
      yield* ref.cast({ _tag: "Stop" })
      assert.deepStrictEqual(
        (yield* Fiber.join(two)).map(({ incarnation }) => incarnation),
        [1, 2]
      )
    }).pipe(inTree)
  )

  it.effect("watches supervisors by their place in the tree, and the root by its handle", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      const root = yield* start
      const tree = yield* SupervisionTree
      const seen: Array<string> = []
      yield* tree.monitor("root/inner", (down) => seen.push(line(down)))
      root.monitor((down) => seen.push(line(down)))
      yield* crash(ref)
      yield* crash(ref)
      yield* tree.killChild("root")
      yield* settle
      assert.deepStrictEqual(seen, [
        "root/inner 1 restart intensity exceeded: Error: boom",
        "root/inner 2 killed: by an operator",
        "root 1 killed: by an operator"
      ])
      assert.strictEqual((yield* Effect.flip(tree.monitor("root/nobody", () => undefined)))._tag, "NotRunning")
    }).pipe(Effect.scoped, inTree)
  )

  it.effect("that dies harms nobody", () =>
    Effect.gen(function* () {
      const { ref, start } = yield* startTally
      yield* start
      const seen: Array<string> = []
      ref.monitor(() => {
        throw new Error("not my day")
      })
      ref.monitor((down) => seen.push(line(down)))
      yield* crash(ref)
      assert.strictEqual(seen.length, 1)
    }).pipe(inTree)
  )
})
