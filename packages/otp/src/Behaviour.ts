/**
 * What an actor does, as a value: the callbacks of one `gen_server`, with a batch of commands per turn. A behaviour holds no state
 * of its own; one and the same may run as thousands of actors.
 */
import type { Duration, Effect, Exit, Scope } from "effect"
import { normal, type ExitReason } from "./ExitReason.ts"

/**
 * The right to answer one call, once. Everything on it is synchronous and idempotent: the first answer counts, later ones and
 * answers to a caller that has gone are dropped, as `gen_server:reply/2` drops them. The state may keep it over turns.
 */
export interface ReplyTo<in A, in E = never> {
  succeed(answer: A): void
  fail(error: E): void
  done(exit: Exit.Exit<A, E>): void
  /** Whether anybody still waits for the answer. */
  readonly isOpen: boolean
}

/** What an incarnation may do with itself. It becomes void when the incarnation ends or is abandoned: what it still sends is dropped. */
export interface Self<in Signal> {
  /** The place in the supervision tree, ids joined with `/`. */
  readonly path: string
  /** Counts from 1 and never repeats for one actor. */
  readonly incarnation: number
  /** False once the incarnation has ended or was abandoned. */
  readonly isLive: boolean
  /** Sends itself a signal: synchronous, outside the bound, taken first. */
  signal(signal: Signal): void
  /** Starts work of its own, which lives no longer than the incarnation. Its outcome comes back as a signal. */
  spawn<A, E>(work: Effect.Effect<A, E>, toSignal: (exit: Exit.Exit<A, E>) => Signal): void
  /** Sends itself a signal after a while, by the clock. Answers a function that cancels it. */
  signalAfter(delay: Duration.Input, signal: Signal): () => void
}

/** What there is to do in one turn: signals first, then commands, each in the order they were sent and bounded by `maxBatch`. */
export interface Turn<Signal, Command> {
  readonly signals: ReadonlyArray<Signal>
  readonly commands: ReadonlyArray<Command>
}

/** What comes after a turn: another one with this state, or the end. */
export type Next<State> =
  | { readonly _tag: "Continue"; readonly state: State }
  | { readonly _tag: "Stop"; readonly state: State; readonly reason: ExitReason }

/** Goes on with this state. */
export const next = <State>(state: State): Next<State> => ({ _tag: "Continue", state })

/**
 * Ends the actor in order: `terminate` runs with this state. Whether it is started again is its supervisor's business: a permanent
 * child always is, a transient one only for an abnormal reason.
 */
export const stop = <State>(state: State, reason: ExitReason = normal): Next<State> => ({ _tag: "Stop", state, reason })

/** The callbacks of an actor. */
export interface Behaviour<State, Command, Signal, InitError = never> {
  /** What metrics call actors of this behaviour; one word per behaviour, never per actor. */
  readonly kind: string
  /**
   * Builds the state of a new incarnation. A typed failure is weather: no restart intensity is spent, calls fail with it until the next
   * try, which waits with jitter, and casts wait for that. A defect is a crash. What it acquires in its scope lives as long as the incarnation.
   */
  readonly init: (self: Self<Signal>) => Effect.Effect<State, InitError, Scope.Scope>
  /** Handles one batch. A defect is a crash of the incarnation; the commands of the batch are lost, their calls fail. */
  readonly receive: (state: State, turn: Turn<Signal, Command>, self: Self<Signal>) => Effect.Effect<Next<State>>
  /** Runs on every orderly end, before the scope of the incarnation closes; never after a crash, whose state nobody can trust. */
  readonly terminate?: (state: State, reason: ExitReason) => Effect.Effect<void>
  /** Names a command, so that one that crashes its actor alone can be refused from then on. */
  readonly keyOf?: (command: Command) => string | undefined
  readonly mailbox: {
    /** How many commands may wait. */
    readonly capacity: number
    /** How many commands, and how many signals, one turn takes at most. */
    readonly maxBatch: number
  }
  /** Whether this state allows the actor to be passivated. Without it, every state does. */
  readonly isIdle?: (state: State) => boolean
  /** How long an actor of a registry may have nothing to do before it is passivated. Without it, it never is. */
  readonly passivateAfter?: Duration.Input
}
