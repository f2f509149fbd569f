/** An actor to try things on: it adds, crashes, waits, and keeps callers waiting when told to, and writes down what happens to it. */
import { Effect, Schema, type Scope } from "effect"
import * as Actor from "@messenger/otp/Actor"
import type { Quarantined } from "@messenger/otp/ActorError"
import { type Behaviour, next, type ReplyTo, type Self, stop } from "@messenger/otp/Behaviour"
import type { Options, Shutdown } from "@messenger/otp/ChildSpec"
import { describe, type ExitReason } from "@messenger/otp/ExitReason"

export type Command =
  | { readonly _tag: "Add"; readonly amount: number; readonly replyTo: ReplyTo<number>; readonly key?: string }
  | { readonly _tag: "Note"; readonly text: string }
  | { readonly _tag: "Crash"; readonly replyTo?: ReplyTo<number>; readonly key?: string }
  /** Answered when `Answer` comes. */
  | { readonly _tag: "Keep"; readonly replyTo: ReplyTo<string> }
  | { readonly _tag: "Answer"; readonly text: string }
  /** A turn that takes its time. */
  | { readonly _tag: "Wait"; readonly until: Effect.Effect<void>; readonly replyTo?: ReplyTo<number> }
  | { readonly _tag: "Stop"; readonly reason?: ExitReason }
  | { readonly _tag: "Do"; readonly what: (self: Self<Signal>) => void }

export type Signal = { readonly _tag: "Told"; readonly text: string } | { readonly _tag: "Broken" }

export interface State {
  readonly total: number
  readonly kept: ReadonlyArray<ReplyTo<string>>
}

/** What is away when a tally cannot start. */
export class Away extends Schema.TaggedError<Away>()("Away", { what: Schema.String }) {}

export type Ref = Actor.ActorRef<Command, Signal, Away, Quarantined>

export interface TallyOptions {
  /** What happened, in order. */
  readonly diary?: Array<string>
  /** Runs in the scope of each incarnation, before its state is there. */
  readonly init?: (self: Self<Signal>) => Effect.Effect<unknown, Away, Scope.Scope>
  readonly terminate?: Effect.Effect<void>
  readonly capacity?: number
  readonly maxBatch?: number
  readonly isIdle?: (state: State) => boolean
  readonly passivateAfter?: "1 minute"
  readonly shutdown?: Shutdown
}

export const behaviour = (name: string, options: TallyOptions = {}): Behaviour<State, Command, Signal, Away> => {
  const write = (line: string) => options.diary?.push(`${name} ${line}`)
  const { init, isIdle, passivateAfter } = options
  return {
    kind: "tally",
    init: (self) =>
      Effect.map(init?.(self) ?? Effect.void, () => {
        write(`starts as ${self.incarnation}`)
        return { total: 0, kept: [] }
      }),
    receive: (state, turn, self) =>
      Effect.gen(function* () {
        write(`takes ${[...turn.signals, ...turn.commands].map(label).join(", ")}`)
        if (turn.signals.some(({ _tag }) => _tag === "Broken")) return yield* Effect.die(new Error("broken"))
        let { total } = state
        const kept = [...state.kept]
        for (const command of turn.commands) {
          if (command._tag === "Add") command.replyTo.succeed((total += command.amount))
          else if (command._tag === "Keep") kept.push(command.replyTo)
          else if (command._tag === "Answer") kept.forEach((replyTo) => replyTo.succeed(command.text))
          else if (command._tag === "Wait") yield* command.until
          else if (command._tag === "Do") command.what(self)
          else if (command._tag === "Stop") return stop({ total, kept }, command.reason)
          else if (command._tag === "Crash") return yield* Effect.die(new Error("boom"))
        }
        return next({ total, kept })
      }),
    terminate: (_, reason) =>
      Effect.andThen(options.terminate ?? Effect.void, () => Effect.sync(() => write(`ends: ${describe(reason)}`))),
    keyOf: (command) => ("key" in command ? command.key : undefined),
    mailbox: { capacity: options.capacity ?? 100, maxBatch: options.maxBatch ?? 10 },
    ...(isIdle === undefined ? {} : { isIdle }),
    ...(passivateAfter === undefined ? {} : { passivateAfter })
  }
}

/** A tally of its own. */
export const make = (options: TallyOptions & Partial<Options> = {}) => {
  const id = options.id ?? "tally"
  return Actor.make(behaviour(id, options), { ...options, id })
}

const label = (item: Command | Signal): string =>
  item._tag === "Told" || item._tag === "Note" ? item.text : item._tag.toLowerCase()

/** Adds, and answers the total. */
export const add = (ref: Ref, amount = 1, key?: string) =>
  ref.call<number>((replyTo) => ({ _tag: "Add", amount, replyTo, ...(key === undefined ? {} : { key }) }))

/** Asks for an answer that comes with a later `Answer`. */
export const keep = (ref: Ref) => ref.call<string>((replyTo) => ({ _tag: "Keep", replyTo }))

export const note = (ref: Ref, text: string) => ref.cast({ _tag: "Note", text })

/** Crashes the present incarnation and lets its supervisor do what it does. */
export const crash = (ref: Ref) => Effect.andThen(ref.cast({ _tag: "Crash" }), settle)

/** Everything that can go on without time passing has gone on. */
export const settle = Effect.repeat(Effect.yieldNow, { times: 10 })
