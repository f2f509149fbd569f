import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { type Behaviour, next, type ReplyTo } from "@messenger/otp/Behaviour"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import * as Registry from "@messenger/otp/Registry"
import * as Supervisor from "@messenger/otp/Supervisor"
import { outline, SupervisionTree } from "@messenger/otp/SupervisionTree"

type Command = { readonly _tag: "Add"; readonly replyTo: ReplyTo<number> } | { readonly _tag: "Crash" }

const counter: Behaviour<number, Command, never> = {
  kind: "counter",
  init: () => Effect.succeed(0),
  receive: (state, { commands }) =>
    Effect.sync(() => {
      let total = state
      for (const command of commands) {
        if (command._tag === "Crash") throw new Error("boom")
        command.replyTo.succeed(++total)
      }
      return next(total)
    }),
  mailbox: { capacity: 10, maxBatch: 5 },
  passivateAfter: "1 minute"
}

describe("a registry", () => {
  it.effect("starts, passivates and quarantines", () =>
    Effect.gen(function* () {
      const supervisor = DynamicSupervisor.make({ id: "counters" })
      const counters = yield* Registry.make({ supervisor, behaviour: (_key: string) => counter })
      yield* Supervisor.start({ id: "root", children: [supervisor.childSpec] })
      const ref = counters.ref("a")
      const add = ref.call<number>((replyTo) => ({ _tag: "Add", replyTo }))
      assert.strictEqual(yield* add, 1)
      assert.strictEqual(yield* add, 2)
      const tree = yield* SupervisionTree
      assert.strictEqual(
        outline(yield* tree.snapshot(), { isDynamicShown: true }),
        [
          "root (one_for_one)",
          "  counters (dynamic, permanent)",
          "    a (one_for_one, temporary)",
          "      counter (actor, transient)"
        ].join("\n")
      )
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* counters.keys, ["a"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* counters.keys, [])
      assert.strictEqual(yield* add, 1)
      yield* ref.cast({ _tag: "Crash" })
      yield* Effect.yieldNow
      assert.strictEqual(yield* add, 1)
      yield* ref.cast({ _tag: "Crash" })
      yield* Effect.yieldNow
      const refused = yield* Effect.flip(add)
      assert.deepInclude(refused, { _tag: "Quarantined", key: "a", retryAfterMillis: 1000 })
      assert.strictEqual((yield* tree.entry("root/counters/a")).status, "quarantined")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Exit.isSuccess(yield* Effect.exit(add)), true)
    }).pipe(Effect.provide(SupervisionTree.layer))
  )
})
