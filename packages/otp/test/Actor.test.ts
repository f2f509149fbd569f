import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Actor from "@messenger/otp/Actor"
import { type Behaviour, next, type ReplyTo } from "@messenger/otp/Behaviour"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"

type Command =
  | { readonly _tag: "Add"; readonly amount: number; readonly replyTo: ReplyTo<number> }
  | { readonly _tag: "Crash" }

const counter: Behaviour<number, Command, never> = {
  kind: "counter",
  init: () => Effect.succeed(0),
  receive: (state, { commands }) =>
    Effect.sync(() => {
      let total = state
      for (const command of commands) {
        if (command._tag === "Crash") throw new Error("boom")
        total += command.amount
        command.replyTo.succeed(total)
      }
      return next(total)
    }),
  mailbox: { capacity: 10, maxBatch: 5 }
}

describe("an actor", () => {
  it.effect("answers calls", () =>
    Effect.gen(function* () {
      const { ref, childSpec } = yield* Actor.make(counter, { id: "counter" })
      yield* Supervisor.start({ id: "root", children: [childSpec] })
      assert.strictEqual(yield* ref.call<number>((replyTo) => ({ _tag: "Add", amount: 2, replyTo })), 2)
      assert.strictEqual(yield* ref.call<number>((replyTo) => ({ _tag: "Add", amount: 3, replyTo })), 5)
      yield* ref.cast({ _tag: "Crash" })
      yield* Effect.yieldNow
      assert.strictEqual(yield* ref.call<number>((replyTo) => ({ _tag: "Add", amount: 3, replyTo })), 3)
    }).pipe(Effect.provide(SupervisionTree.layer))
  )
})
