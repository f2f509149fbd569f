/**
 * One key of a registry: the child specification of a small supervisor with the actor as its only child. The actor is transient and
 * significant, so its orderly end is the end of both.
 */
import type { ChildSpec, Link, Process, Shutdown } from "../ChildSpec.ts"
import type { ExitReason } from "../ExitReason.ts"
import type { ActorCell, Keeper } from "./ActorCell.ts"
import { ActorSpec } from "./ActorSpec.ts"
import { type Rules, SupervisorProcess } from "./SupervisorProcess.ts"

/** The registry of a key. */
export interface KeyOwner<Spec> {
  readonly rules: Rules
  /** Of each actor. */
  readonly shutdown: Shutdown
  /** Lets go of the key, unless it is held. */
  letGo(spec: Spec): boolean
  /** The actor will not be started again. */
  ended(spec: Spec, reason: ExitReason): void
}

export class KeySpec<Key extends string, State, Command, Signal, InitError> implements ChildSpec, Keeper {
  readonly key: Key
  readonly cell: ActorCell<State, Command, Signal, InitError>
  readonly type = "supervisor"
  readonly strategy = "one_for_one"
  readonly restart = "temporary"
  readonly shutdown = "infinity"
  readonly isSignificant = false
  private readonly owner: KeyOwner<KeySpec<Key, State, Command, Signal, InitError>>
  private readonly actor: ActorSpec<State, Command, Signal, InitError>

  constructor(
    key: Key,
    cell: ActorCell<State, Command, Signal, InitError>,
    owner: KeyOwner<KeySpec<Key, State, Command, Signal, InitError>>
  ) {
    this.key = key
    this.cell = cell
    this.owner = owner
    this.actor = new ActorSpec(cell, {
      id: cell.behaviour.kind,
      restart: "transient",
      shutdown: owner.shutdown,
      isSignificant: true
    })
    cell.keeper = this
  }

  get id(): string {
    return this.key
  }

  get kind(): string {
    return `${this.actor.kind}-supervisor`
  }

  start(link: Link): Process {
    return new SupervisorProcess(this.owner.rules, [this.actor], link)
  }

  retire(reason: ExitReason): void {
    this.actor.retire(reason)
    this.owner.ended(this, reason)
  }

  passivate(): boolean {
    return this.owner.letGo(this)
  }
}
