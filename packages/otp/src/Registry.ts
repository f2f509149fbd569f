/**
 * At most one live actor per key. A look-up starts it on demand, once, however many ask. Each actor (its id is its kind) runs under a
 * small supervisor of its own (its id is the key) with its own restart intensity, a temporary child of a dynamic supervisor.
 *
 * An actor that has had nothing to do for a while is passivated: its mailbox closes and its key becomes free in one synchronous step,
 * and its successor starts when its `terminate` is done. A key whose actor exceeded its restart intensity is quarantined, for longer
 * each time, and harms no other key.
 */
import { type Duration, Effect, type Scope } from "effect"
import type { ActorRef } from "./Actor.ts"
import type { Quarantined } from "./ActorError.ts"
import type { Behaviour } from "./Behaviour.ts"
import type { Shutdown } from "./ChildSpec.ts"
import type { DynamicSupervisor } from "./DynamicSupervisor.ts"
import { type ExitReason, shutdown } from "./ExitReason.ts"
import { ActorCell } from "./internal/ActorCell.ts"
import { type KeyOwner, KeySpec } from "./internal/KeySpec.ts"
import { Quarantine } from "./internal/Quarantine.ts"
import { RegistryRef } from "./internal/RegistryRef.ts"
import type { Runtime } from "./internal/Runtime.ts"
import type { Rules } from "./internal/SupervisorProcess.ts"
import { type RestartIntensity, standard } from "./RestartIntensity.ts"
import type { Backoff } from "./Supervisor.ts"
import { SupervisionTree } from "./SupervisionTree.ts"

/** How long a key is quarantined: `initial` at first, doubling up to `max`; forgotten when it has behaved for `max`. */
export interface QuarantineOptions {
  readonly initial: Duration.Input
  readonly max: Duration.Input
}

export interface RegistryOptions<Key extends string, State, Command, Signal, InitError> {
  /** Under which the small supervisors run. Its children should all be of this registry: keys are their ids. */
  readonly supervisor: DynamicSupervisor
  readonly behaviour: (key: Key) => Behaviour<State, Command, Signal, InitError>
  /** Of each small supervisor. Default one restart in 5 seconds. */
  readonly intensity?: RestartIntensity
  readonly backoff?: Backoff
  /** Of each actor. Default 5 seconds. */
  readonly shutdown?: Shutdown
  /** Default 1 second to 5 minutes. */
  readonly quarantine?: QuarantineOptions
}

/** What a registry hands out: it finds the actor anew with every use, and starts it when it has to. */
export type KeyedRef<Command, Signal, InitError> = ActorRef<Command, Signal, InitError, Quarantined>

export interface Registry<Key extends string, Command, Signal, InitError> {
  /** Starts the actor unless it runs, and answers a reference. It does not wait for `init`. */
  lookup(key: Key): Effect.Effect<KeyedRef<Command, Signal, InitError>, Quarantined>
  /** A reference that starts the actor with the first command. Signals start nothing: they are dropped when there is no actor. */
  ref(key: Key): KeyedRef<Command, Signal, InitError>
  /** The reference, if the actor is live. A monitor on a reference watches the actor that has the key at that moment. */
  whereis(key: Key): KeyedRef<Command, Signal, InitError> | undefined
  /** Keeps whatever actor has this key from being passivated while the scope is open. It starts none. */
  hold(key: Key): Effect.Effect<void, never, Scope.Scope>
  /** The keys of live actors. */
  readonly keys: Effect.Effect<ReadonlyArray<Key>>
  /** The keys whose look-up is refused now. */
  readonly quarantined: Effect.Effect<ReadonlyArray<Quarantined>>
}

/** Makes a registry over a dynamic supervisor. */
export const make = <Key extends string, State, Command, Signal, InitError>(
  options: RegistryOptions<Key, State, Command, Signal, InitError>
): Effect.Effect<Registry<Key, Command, Signal, InitError>, never, SupervisionTree> =>
  Effect.map(SupervisionTree, ({ runtime }) => new Keys(runtime, options))

class Keys<Key extends string, State, Command, Signal, InitError>
  implements Registry<Key, Command, Signal, InitError>, KeyOwner<KeySpec<Key, State, Command, Signal, InitError>>
{
  readonly rules: Rules
  readonly shutdown: Shutdown
  private readonly runtime: Runtime
  private readonly options: RegistryOptions<Key, State, Command, Signal, InitError>
  private readonly live = new Map<Key, KeySpec<Key, State, Command, Signal, InitError>>()
  private readonly quarantine: Quarantine
  /** How many scopes hold a key. */
  private readonly holds = new Map<Key, number>()

  constructor(runtime: Runtime, options: RegistryOptions<Key, State, Command, Signal, InitError>) {
    const { backoff, intensity = standard, quarantine, shutdown = "5 seconds" } = options
    this.runtime = runtime
    this.options = options
    this.quarantine = new Quarantine(runtime, quarantine ?? { initial: "1 second", max: "5 minutes" })
    this.rules = { autoShutdown: "any_significant", intensity, ...(backoff === undefined ? {} : { backoff }) }
    this.shutdown = shutdown
  }

  lookup(key: Key): Effect.Effect<KeyedRef<Command, Signal, InitError>, Quarantined> {
    return Effect.suspend(() => {
      const found = this.find(key)
      return found instanceof ActorCell ? Effect.succeed(this.ref(key)) : Effect.fail(found)
    })
  }

  ref(key: Key): KeyedRef<Command, Signal, InitError> {
    return new RegistryRef<Command, Signal, InitError>(
      this.runtime,
      key,
      () => this.find(key),
      () => this.live.get(key)?.cell
    )
  }

  whereis(key: Key): KeyedRef<Command, Signal, InitError> | undefined {
    return this.live.has(key) ? this.ref(key) : undefined
  }

  hold(key: Key): Effect.Effect<void, never, Scope.Scope> {
    const add = (count: number) =>
      Effect.sync(() => {
        const holds = (this.holds.get(key) ?? 0) + count
        if (holds > 0) this.holds.set(key, holds)
        else this.holds.delete(key)
      })
    return Effect.acquireRelease(add(1), () => add(-1))
  }

  get keys(): Effect.Effect<ReadonlyArray<Key>> {
    return Effect.sync(() => [...this.live.keys()])
  }

  get quarantined(): Effect.Effect<ReadonlyArray<Quarantined>> {
    return Effect.sync(() => this.quarantine.all)
  }

  /** From here on the mailbox takes nothing, and the next look-up starts a successor. */
  letGo({ cell, key }: KeySpec<Key, State, Command, Signal, InitError>): boolean {
    if (this.holds.has(key) || this.live.get(key)?.cell !== cell) return false
    this.live.delete(key)
    cell.retire(shutdown("passivated"))
    return true
  }

  ended(spec: KeySpec<Key, State, Command, Signal, InitError>, reason: ExitReason): void {
    if (this.live.get(spec.key) === spec) this.live.delete(spec.key)
    if (reason._tag !== "Crashed" && reason._tag !== "IntensityExceeded") return
    this.quarantine.add(spec.key, spec.cell.behaviour.kind, reason, this.options.supervisor.node())
  }

  private find(key: Key): ActorCell<State, Command, Signal, InitError> | Quarantined {
    return this.live.get(key)?.cell ?? this.quarantine.of(key) ?? this.start(key)
  }

  /** The actor is there at once, and takes commands; its start, and its predecessor's end, may take a while. */
  private start(key: Key): ActorCell<State, Command, Signal, InitError> {
    const { behaviour, supervisor } = this.options
    const cell = new ActorCell(this.runtime, key, behaviour(key))
    const spec = new KeySpec(key, cell, this)
    this.live.set(key, spec)
    const failed = (error: { readonly _tag: string }) => Effect.sync(() => spec.retire(shutdown(error._tag)))
    const start = Effect.andThen(supervisor.awaitGone(key), supervisor.startChild(spec))
    this.runtime.fork(start.pipe(Effect.catch(failed)))
    return cell
  }
}
