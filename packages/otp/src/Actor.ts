/**
 * An actor: private state, a mailbox, one turn at a time. It mirrors Erlang's `gen_server` with one rule taken from Akka: the mailbox
 * and its reference outlive the incarnation, so commands that were not yet taken meet the next one.
 *
 * - Every call that was taken and not answered, in this turn or an earlier one, fails with `ActorCrashed` when the incarnation crashes.
 * - After a crash each turn takes one command until the mailbox has been empty once, so a poison command fails alone; one with a key
 *   is remembered, and refused with `CommandRejected` from then on.
 * - An answer reaches its caller after the turn that gave it, never in its middle.
 */
import { type Duration, Effect } from "effect"
import type { ActorCrashed, ActorStopped, CallTimeout, CommandRejected, MailboxFull } from "./ActorError.ts"
import type { Behaviour, ReplyTo } from "./Behaviour.ts"
import type { ChildSpec, Options } from "./ChildSpec.ts"
import { ActorCell } from "./internal/ActorCell.ts"
import { ActorSpec } from "./internal/ActorSpec.ts"
import type { Monitorable } from "./Monitor.ts"
import { SupervisionTree } from "./SupervisionTree.ts"

/** How long a caller waits. Default 5 seconds, as for `gen_server:call/2`; infinite durations are allowed. */
export interface CallOptions {
  readonly timeout?: Duration.Input
}

/** How others reach an actor. It stays valid over restarts. `InitError` is what keeps the actor from starting. */
export interface ActorRef<Command, Signal, InitError = never, LookupError = never> extends Monitorable {
  /** The place in the supervision tree, or its id before it was started. */
  readonly path: string
  /** Sends a command. Waits while the mailbox is full; a command with a refused key is dropped and counted. */
  cast(command: Command): Effect.Effect<void, ActorStopped | LookupError>
  /** Sends a command, or fails at once when the mailbox is full. */
  tryCast(command: Command): Effect.Effect<void, MailboxFull | ActorStopped | LookupError>
  /** Sends a command and waits for the answer. Interruption withdraws a command that was not yet taken. Do not call oneself: it times out. */
  call<A, E = never>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | InitError | CallTimeout | ActorCrashed | CommandRejected | ActorStopped | LookupError>
  /** As `call`, but fails at once when the mailbox is full. */
  tryCall<A, E = never>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<
    A,
    E | InitError | CallTimeout | ActorCrashed | CommandRejected | ActorStopped | MailboxFull | LookupError
  >
  /** Sends a signal: synchronous, outside the bound of the mailbox, taken before commands. Dropped when the actor is gone for good. */
  signal(signal: Signal): void
}

/** An actor that can be put under a supervisor, once, and be reached before it runs: what is sent waits. */
export interface Actor<Command, Signal, InitError> {
  readonly ref: ActorRef<Command, Signal, InitError>
  readonly childSpec: ChildSpec
}

/** Makes an actor; it runs when a supervisor starts its child specification. */
export const make = <State, Command, Signal, InitError>(
  behaviour: Behaviour<State, Command, Signal, InitError>,
  options: Options
): Effect.Effect<Actor<Command, Signal, InitError>, never, SupervisionTree> =>
  Effect.map(SupervisionTree, (tree) => {
    const ref = new ActorCell(tree.runtime, options.id, behaviour)
    return { ref, childSpec: new ActorSpec(ref, options) }
  })
