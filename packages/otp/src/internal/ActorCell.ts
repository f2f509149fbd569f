/**
 * The side of an actor that its senders see, over all its incarnations: the mailbox, the signals, and the keys it refuses. What an
 * incarnation does with them is in `ActorProcess`.
 */
import { Duration, Effect } from "effect"
import type { ActorRef, CallOptions } from "../Actor.ts"
import { type ActorCrashed, ActorStopped, CallTimeout, CommandRejected, MailboxFull } from "../ActorError.ts"
import type { Behaviour, ReplyTo } from "../Behaviour.ts"
import { describe, type ExitReason } from "../ExitReason.ts"
import { Mailbox } from "../Mailbox.ts"
import type { Down } from "../Monitor.ts"
import type { KindTelemetry } from "../Telemetry.ts"
import type { ActorProcess } from "./ActorProcess.ts"
import { Envelope } from "./Envelope.ts"
import type { Incarnation } from "./Incarnation.ts"
import { Monitors } from "./Monitors.ts"
import { Reply } from "./Reply.ts"
import type { Runtime } from "./Runtime.ts"
import type { Probe, TreeNode } from "./TreeNode.ts"

/** What a call can fail with for reasons that are not the command's. */
export type CallFailure<InitError> = InitError | ActorCrashed | ActorStopped | CallTimeout | CommandRejected

/** Whoever asks thousands of other actors in one step gets its answers from their own fibers beyond this depth of turns within turns. */
const maxNesting = 8

/** How many keys of poison commands one actor remembers; the oldest is forgotten. */
const maxRejectedKeys = 128

/** The same default as `gen_server:call/2`. */
const defaultTimeoutMillis = 5_000

interface SentSignal<Signal> {
  readonly signal: Signal
  /** Void with this incarnation; `undefined` when it came from outside. */
  readonly from: Incarnation<Signal> | undefined
}

export class ActorCell<State, Command, Signal, InitError> implements ActorRef<Command, Signal, InitError>, Probe {
  readonly runtime: Runtime
  readonly id: string
  readonly behaviour: Behaviour<State, Command, Signal, InitError>
  readonly telemetry: KindTelemetry
  readonly mailbox: Mailbox<Envelope<Command, CallFailure<InitError>>>
  node: TreeNode | undefined = undefined
  process: ActorProcess<State, Command, Signal, InitError> | undefined = undefined
  /** Incarnations so far. */
  incarnations = 0
  handled = 0
  receiveMillis = 0
  /** True from a crash until the mailbox has been empty once: one command per turn. */
  isCautious = false
  /** True while code of the actor runs: answers wait until its turn has ended. */
  isEvaluating = false
  /** Asked when there is nothing to do: true when the registry has let go of the actor, in the same step. */
  passivate: (() => boolean) | undefined = undefined
  private monitors: Monitors | undefined = undefined
  private signals: Array<SentSignal<Signal>> = []
  private deliveries: Array<() => void> = []
  private rejectedKeys: Set<string> | undefined = undefined
  private retired: ExitReason | undefined = undefined
  private countedDepth = 0

  constructor(runtime: Runtime, id: string, behaviour: Behaviour<State, Command, Signal, InitError>) {
    this.runtime = runtime
    this.id = id
    this.behaviour = behaviour
    this.telemetry = runtime.telemetry.of(behaviour.kind)
    this.mailbox = new Mailbox(behaviour.mailbox.capacity)
  }

  get path(): string {
    return this.node?.path ?? this.id
  }

  get mailboxDepth(): number {
    return this.mailbox.depth
  }

  get oldestSentAt(): number | undefined {
    return this.mailbox.oldestSentAt
  }

  get hasWork(): boolean {
    return this.mailbox.depth > 0 || this.signals.length > 0
  }

  get isRetired(): boolean {
    return this.retired !== undefined
  }

  monitor(onDown: (down: Down) => void): () => void {
    return (this.monitors ??= new Monitors()).add(onDown)
  }

  cast(command: Command): Effect.Effect<void, ActorStopped> {
    return Effect.suspend(() => this.post(command) ?? this.postLater(command))
  }

  tryCast(command: Command): Effect.Effect<void, MailboxFull | ActorStopped> {
    return Effect.suspend((): Effect.Effect<void, MailboxFull | ActorStopped> => {
      return this.post(command) ?? Effect.fail(this.full())
    })
  }

  call<A, E>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | CallFailure<InitError>> {
    return Effect.suspend(() => {
      const reply = this.reply<A, E>()
      const envelope = new Envelope<Command, CallFailure<InitError>>(make(reply), reply, this.runtime.now())
      const refusal = this.refusal(envelope.command)
      if (refusal !== undefined) return Effect.fail(refusal)
      if (!this.mailbox.offer(envelope)) this.mailbox.offerLater(envelope)
      return this.answer(reply, envelope, options)
    })
  }

  tryCall<A, E>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | CallFailure<InitError> | MailboxFull> {
    return Effect.suspend((): Effect.Effect<A, E | CallFailure<InitError> | MailboxFull> => {
      const reply = this.reply<A, E>()
      const envelope = new Envelope<Command, CallFailure<InitError>>(make(reply), reply, this.runtime.now())
      const refusal = this.refusal(envelope.command)
      if (refusal !== undefined) return Effect.fail(refusal)
      if (!this.mailbox.offer(envelope)) return Effect.fail(this.full())
      return this.answer(reply, envelope, options)
    })
  }

  signal(signal: Signal): void {
    this.signalled(signal, undefined)
  }

  signalled(signal: Signal, from: Incarnation<Signal> | undefined): void {
    if (this.retired !== undefined) return
    this.signals.push({ signal, from })
    this.process?.wake()
  }

  /** Up to `count` signals that are not void by now, oldest first. */
  takeSignals(count: number): ReadonlyArray<Signal> {
    if (this.signals.length === 0) return none
    const valid = this.signals.filter(({ from }) => from === undefined || from.isLive)
    this.signals = valid.slice(count)
    return valid.slice(0, count).map(({ signal }) => signal)
  }

  /** Up to `count` commands whose keys are not refused, oldest first. */
  takeCommands(count: number, now: number): ReadonlyArray<Envelope<Command, CallFailure<InitError>>> {
    if (this.mailbox.depth === 0) return none
    const taken = this.mailbox.take(count).filter((envelope) => {
      this.telemetry.mailboxWait.observe((now - envelope.sentAt) / 1000)
      const rejected = this.rejection(envelope.command)
      if (rejected !== undefined) envelope.refuse(rejected)
      return rejected === undefined
    })
    this.countDepth()
    return taken
  }

  keyOf(command: Command): string | undefined {
    return this.behaviour.keyOf?.(command)
  }

  /** Refuses this key from now on: its command was alone in a turn that crashed. */
  reject(key: string): void {
    const keys = (this.rejectedKeys ??= new Set())
    keys.add(key)
    if (keys.size <= maxRejectedKeys) return
    for (const oldest of keys) {
      keys.delete(oldest)
      return
    }
  }

  /** The weather: whoever waits for an answer learns of it; casts stay for the next try. */
  failWaitingCalls(error: InitError): void {
    for (const envelope of this.mailbox.withdrawWhere(({ call }) => call !== undefined)) envelope.refuse(error)
    this.countDepth()
  }

  /** The mailbox is open again: the actor is started once more after all. */
  reopen(): void {
    this.retired = undefined
  }

  /** Nobody will take what waits here, and nothing more is accepted. */
  retire(reason: ExitReason): void {
    if (this.retired !== undefined) return
    this.retired = reason
    this.signals = []
    const stopped = this.stopped(reason)
    for (const envelope of this.mailbox.withdrawWhere(() => true)) envelope.refuse(stopped)
    this.countDepth()
  }

  /** An incarnation has ended. */
  ended(reason: ExitReason): void {
    this.process = undefined
    this.monitors?.tell(this.runtime, { path: this.path, incarnation: this.incarnations, reason })
    this.flush()
  }

  /** Lets the callers that were answered in this turn go on. */
  flush(): void {
    if (this.deliveries.length === 0) return
    const deliveries = this.deliveries
    this.deliveries = []
    for (const deliver of deliveries) deliver()
  }

  private post(command: Command): Effect.Effect<void, ActorStopped> | undefined {
    if (this.retired !== undefined) return Effect.fail(this.stopped(this.retired))
    if (this.rejection(command) !== undefined) return Effect.void
    if (!this.mailbox.offer(new Envelope(command, undefined, this.runtime.now()))) return undefined
    this.countDepth()
    this.process?.wake()
    return Effect.void
  }

  private postLater(command: Command): Effect.Effect<void, ActorStopped> {
    return Effect.callback((resume) => {
      const envelope = new Envelope<Command, CallFailure<InitError>>(
        command,
        undefined,
        this.runtime.now(),
        (isAdmitted) =>
          this.runtime.defer(() => resume(isAdmitted ? Effect.void : Effect.fail(this.stopped(this.retired))))
      )
      this.mailbox.offerLater(envelope)
      this.process?.wake()
      return Effect.sync(() => this.withdraw(envelope))
    })
  }

  private answer<A, E>(
    reply: Reply<A, E, CallFailure<InitError>>,
    envelope: Envelope<Command, CallFailure<InitError>>,
    options: CallOptions | undefined
  ): Effect.Effect<A, E | CallFailure<InitError>> {
    this.countDepth()
    this.runNow()
    if (reply.exit !== undefined) return reply.exit
    return Effect.callback((resume) => {
      const millis = options?.timeout === undefined ? defaultTimeoutMillis : Duration.toMillis(options.timeout)
      const timer = Number.isFinite(millis)
        ? this.runtime.timers.after(millis, () => {
            this.withdraw(envelope)
            reply.abort(new CallTimeout({ path: this.path, timeoutMillis: millis }))
          })
        : undefined
      reply.park(resume, timer)
      return Effect.sync(() => {
        this.withdraw(envelope)
        reply.abandon()
      })
    })
  }

  /** The caller's step is the actor's turn when it is idle: an answer then costs no fiber, no timer and no trip through the scheduler. */
  private runNow(): void {
    const process = this.process
    if (process === undefined) return
    if (this.runtime.nesting >= maxNesting) return process.wake()
    this.runtime.nesting++
    process.runOnce()
    this.runtime.nesting--
  }

  private reply<A, E>(): Reply<A, E, CallFailure<InitError>> {
    return new Reply((delivery) => {
      if (this.isEvaluating) this.deliveries.push(delivery)
      else delivery()
    })
  }

  private withdraw(envelope: Envelope<Command, CallFailure<InitError>>): void {
    if (this.mailbox.withdraw(envelope)) this.countDepth()
  }

  private refusal(command: Command): ActorStopped | CommandRejected | undefined {
    return this.retired === undefined ? this.rejection(command) : this.stopped(this.retired)
  }

  private rejection(command: Command): CommandRejected | undefined {
    if (this.rejectedKeys === undefined) return undefined
    const key = this.keyOf(command)
    if (key === undefined || !this.rejectedKeys.has(key)) return undefined
    this.telemetry.rejected++
    return new CommandRejected({ path: this.path, key })
  }

  private stopped(reason: ExitReason | undefined): ActorStopped {
    return new ActorStopped({ path: this.path, reason: reason === undefined ? "stopped" : describe(reason) })
  }

  private full(): MailboxFull {
    return new MailboxFull({ path: this.path, capacity: this.mailbox.capacity })
  }

  private countDepth(): void {
    const depth = this.mailbox.depth
    this.telemetry.mailboxDepth += depth - this.countedDepth
    this.countedDepth = depth
  }
}

const none: ReadonlyArray<never> = []
