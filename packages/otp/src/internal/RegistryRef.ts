/** A reference by key: it finds the actor anew with every use. */
import { Effect } from "effect"
import type { ActorRef, CallOptions } from "../Actor.ts"
import { ActorStopped, Quarantined, type MailboxFull } from "../ActorError.ts"
import type { ReplyTo } from "../Behaviour.ts"
import { shutdown } from "../ExitReason.ts"
import type { Down } from "../Monitor.ts"
import type { CallFailure } from "./ActorCell.ts"
import { Monitors } from "./Monitors.ts"
import type { Runtime } from "./Runtime.ts"

/** What a reference finds: an actor, or why there is none. */
export type Found<Command, Signal, InitError> = ActorRef<Command, Signal, InitError> | Quarantined

/** What `monitor/2` says of a process that does not exist. */
const noProcess = shutdown("no such actor")

/** An actor that closes while a command is on its way is looked up again so often. */
const maxLookups = 3

export class RegistryRef<Command, Signal, InitError> implements ActorRef<Command, Signal, InitError, Quarantined> {
  private readonly runtime: Runtime
  private readonly key: string
  private readonly find: () => Found<Command, Signal, InitError>
  private readonly whereis: () => ActorRef<Command, Signal, InitError> | undefined

  constructor(
    runtime: Runtime,
    key: string,
    find: () => Found<Command, Signal, InitError>,
    whereis: () => ActorRef<Command, Signal, InitError> | undefined
  ) {
    this.runtime = runtime
    this.key = key
    this.find = find
    this.whereis = whereis
  }

  get path(): string {
    return this.whereis()?.path ?? this.key
  }

  cast(command: Command): Effect.Effect<void, ActorStopped | Quarantined> {
    return this.use((actor) => actor.cast(command))
  }

  tryCast(command: Command): Effect.Effect<void, MailboxFull | ActorStopped | Quarantined> {
    return this.use((actor) => actor.tryCast(command))
  }

  call<A, E>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | CallFailure<InitError> | Quarantined> {
    return this.use((actor) => actor.call(make, options))
  }

  tryCall<A, E>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | CallFailure<InitError> | MailboxFull | Quarantined> {
    return this.use((actor) => actor.tryCall(make, options))
  }

  signal(signal: Signal): void {
    this.whereis()?.signal(signal)
  }

  monitor(onDown: (down: Down) => void): () => void {
    const actor = this.whereis()
    if (actor !== undefined) return actor.monitor(onDown)
    const nobody = new Monitors()
    const demonitor = nobody.add(onDown)
    nobody.tell(this.runtime, { path: this.key, incarnation: 0, reason: noProcess })
    return demonitor
  }

  /** `ActorStopped` of the actor itself means that the command was not taken: it can be given to the successor. */
  private use<A, E>(
    send: (actor: ActorRef<Command, Signal, InitError>) => Effect.Effect<A, E>,
    lookups = maxLookups
  ): Effect.Effect<A, E | Quarantined> {
    return Effect.suspend((): Effect.Effect<A, E | Quarantined> => {
      const found = this.find()
      if (found instanceof Quarantined) return Effect.fail(found)
      const sent = send(found)
      if (lookups <= 1) return sent
      return sent.pipe(
        Effect.catch((error) =>
          error instanceof ActorStopped && error.path === found.path ? this.use(send, lookups - 1) : Effect.fail(error)
        )
      )
    })
  }
}
