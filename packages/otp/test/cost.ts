/**
 * What actors cost, printed: bytes per idle actor and microseconds per call. Run it with
 * `npx node --expose-gc packages/otp/test/cost.ts`.
 */
import { Effect } from "effect"
import * as Actor from "@messenger/otp/Actor"
import { type Behaviour, next, type ReplyTo } from "@messenger/otp/Behaviour"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import * as Registry from "@messenger/otp/Registry"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"

type Command = { readonly _tag: "Read"; readonly replyTo: ReplyTo<number> }

const reader: Behaviour<number, Command, never> = {
  kind: "reader",
  init: () => Effect.succeed(0),
  receive: (state, { commands }) => {
    for (const command of commands) command.replyTo.succeed(state)
    return Effect.succeed(next(state + 1))
  },
  mailbox: { capacity: 100, maxBatch: 50 },
  passivateAfter: "1 hour"
}

const read = (replyTo: ReplyTo<number>): Command => ({ _tag: "Read", replyTo })

const heapBytes = (): number => {
  for (let pass = 0; pass < 4; pass++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const bytesPerIdleActor = Effect.fnUntraced(function* (count: number) {
  const supervisor = DynamicSupervisor.make({ id: "readers" })
  const readers = yield* Registry.make({ supervisor, behaviour: (_key: string) => reader })
  yield* Supervisor.start({ id: "idle", children: [supervisor.childSpec] })
  for (let index = 0; index < 100; index++) yield* readers.ref(`warm-${index}`).call<number>(read)
  const before = heapBytes()
  for (let index = 0; index < count; index++) yield* readers.ref(`reader-${index}`).call<number>(read)
  yield* Effect.yieldNow
  return (heapBytes() - before) / count
})

const microsPerCall = Effect.fnUntraced(function* (count: number) {
  const { childSpec, ref } = yield* Actor.make(reader, { id: "reader" })
  yield* Supervisor.start({ id: "calls", children: [childSpec] })
  const call = ref.call<number>(read)
  for (let index = 0; index < count; index++) yield* call
  const startedAt = performance.now()
  for (let index = 0; index < count; index++) yield* call
  return ((performance.now() - startedAt) * 1000) / count
})

const program = Effect.gen(function* () {
  const micros = yield* microsPerCall(200_000)
  const bytes = yield* bytesPerIdleActor(10_000)
  yield* Effect.sync(() => {
    process.stdout.write(`${micros.toFixed(2)} µs per call of an idle actor\n`)
    process.stdout.write(
      `${Math.round(bytes)} bytes per idle actor of a registry, its own supervisor and its place in the tree included\n`
    )
  })
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(SupervisionTree.layer)))
