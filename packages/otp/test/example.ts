import { Effect } from "effect"
import { type Behaviour, next, type ReplyTo } from "@messenger/otp/Behaviour"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import * as Registry from "@messenger/otp/Registry"
import * as Supervisor from "@messenger/otp/Supervisor"
import { outline, SupervisionTree } from "@messenger/otp/SupervisionTree"

type Command = { readonly deposit: number; readonly replyTo: ReplyTo<number, "overdrawn"> }

const account: Behaviour<number, Command, never> = {
  kind: "account",
  init: () => Effect.succeed(0),
  receive: (balance, { commands }) => {
    let after = balance
    for (const { deposit, replyTo } of commands) {
      if (after + deposit < 0) replyTo.fail("overdrawn")
      else replyTo.succeed((after += deposit))
    }
    return Effect.succeed(next(after))
  },
  mailbox: { capacity: 1_000, maxBatch: 100 },
  passivateAfter: "10 minutes"
}

export const program = Effect.gen(function* () {
  const supervisor = DynamicSupervisor.make({ id: "accounts" })
  const accounts = yield* Registry.make({ supervisor, behaviour: (_owner: string) => account })
  yield* Supervisor.start({ id: "bank", strategy: "rest_for_one", children: [supervisor.childSpec] })

  const balance = yield* accounts.ref("ada").call<number, "overdrawn">((replyTo) => ({ deposit: 5, replyTo }))

  const tree = yield* SupervisionTree
  return { balance, drawing: outline(yield* tree.snapshot(), { isDynamicShown: true }) }
}).pipe(Effect.scoped, Effect.provide(SupervisionTree.layer))
