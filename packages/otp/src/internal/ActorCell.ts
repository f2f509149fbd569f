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
import { PoisonKeys } from "./PoisonKeys.ts"
import { type Answered, type Deliverer, type OpenCall, Reply } from "./Reply.ts"
import type { Runtime } from "./Runtime.ts"
import type { Probe, TreeNode } from "./TreeNode.ts"

/** What a call can fail with for reasons that are not the command's. */
export type CallFailure<InitError> = InitError | ActorCrashed | ActorStopped | CallTimeout | CommandRejected

/** Whoever may decide that an actor is needed no longer: a registry. */
export interface Keeper {
  /** There is nothing to do. True when the actor was let go, in this step; it then ends. */
  passivate(): boolean
}

/** The same default as `gen_server:call/2`. */
const defaultTimeoutMillis = 5_000

interface SentSignal<Signal> {
  readonly signal: Signal
  /** It is void with this incarnation; `undefined` when it came from outside. */
  readonly from: Incarnation<Signal> | undefined
}

export class ActorCell<State, Command, Signal, InitError>
  implements ActorRef<Command, Signal, InitError>, Probe, Deliverer
{
  readonly runtime: Runtime
  readonly id: string
  readonly behaviour: Behaviour<State, Command, Signal, InitError>
  readonly telemetry: KindTelemetry
  keeper: Keeper | undefined = undefined
  node: TreeNode | undefined = undefined
  process: ActorProcess<State, Command, Signal, InitError> | undefined = undefined
  /** Incarnations so far. */
  incarnations = 0
  handled = 0
  receiveMillis = 0
  /** True from a crash until the mailbox has been empty once: one command per turn. */
  isCautious = false
  /** True while code of the actor runs: callers that were answered go on when it has returned. */
  isEvaluating = false
  private readonly mailbox: Mailbox<Envelope<Command, CallFailure<InitError>>>
  private signals: Array<SentSignal<Signal>> | undefined = undefined
  private answered: Array<Answered> | undefined = undefined
  private poison: PoisonKeys | undefined = undefined
  private monitors: Monitors | undefined = undefined
  /** What keeps it from starting, from a try that failed to the next one, and whether anybody has asked meanwhile. */
  private weather: { readonly error: InitError; isAsked: boolean } | undefined = undefined
  /** Set while it is gone for good. */
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
    return this.mailbox.depth > 0 || this.signals !== undefined
  }

  monitor(onDown: (down: Down) => void): () => void {
    this.monitors ??= new Monitors()
    return this.monitors.add(onDown)
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
    return this.ask<A, E, never>(make, options, undefined)
  }

  tryCall<A, E>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options?: CallOptions
  ): Effect.Effect<A, E | CallFailure<InitError> | MailboxFull> {
    return this.ask<A, E, MailboxFull>(make, options, () => this.full())
  }

  signal(signal: Signal): void {
    this.signalled(signal, undefined)
  }

  signalled(signal: Signal, from: Incarnation<Signal> | undefined): void {
    if (this.retired !== undefined) return
    this.signals ??= []
    this.signals.push({ signal, from })
    this.process?.wake()
  }

  /** Up to `count` signals that are not void by now, oldest first. */
  takeSignals(count: number): ReadonlyArray<Signal> {
    if (this.signals === undefined) return none
    const valid = this.signals.filter(({ from }) => from === undefined || from.isLive)
    this.signals = valid.length > count ? valid.splice(count) : undefined
    return valid.map(({ signal }) => signal)
  }

  /** Up to `count` commands whose keys are not refused, oldest first. */
  takeCommands(count: number, now: number): ReadonlyArray<Envelope<Command, CallFailure<InitError>>> {
    if (count === 0 || this.mailbox.depth === 0) return none
    const taken = this.mailbox.take(count)
    this.countDepth()
    for (const { sentAt } of taken) this.telemetry.mailboxWait.observe((now - sentAt) / 1000)
    return this.poison === undefined ? taken : taken.filter((envelope) => !this.isRefused(envelope))
  }

  /** Refuses this key from now on: its command was alone in a turn that crashed. */
  reject(key: string): void {
    this.poison ??= new PoisonKeys()
    this.poison.add(key)
  }

  /** Whether anybody waits for the next try to start, or was refused since the last one. */
  get isWanted(): boolean {
    return this.hasWork || this.weather?.isAsked === true
  }

  /** Until the next try, calls fail with this; casts wait for it. */
  cannotStart(error: InitError): void {
    this.weather = { error, isAsked: false }
    const waiting = this.mailbox.withdrawWhere(({ call }) => call !== undefined)
    this.countDepth()
    for (const envelope of waiting) envelope.refuse(error)
  }

  /** It is started, perhaps once more after all. */
  reopen(): void {
    this.retired = undefined
    this.weather = undefined
  }

  /** Nobody will take what waits here, and nothing more is accepted. */
  retire(reason: ExitReason): void {
    if (this.retired !== undefined) return
    this.retired = reason
    this.signals = undefined
    const waiting = this.mailbox.withdrawWhere(() => true)
    this.countDepth()
    for (const envelope of waiting) envelope.refuse(this.stopped(reason))
  }

  /** An incarnation has ended. */
  ended(reason: ExitReason): void {
    this.process = undefined
    this.monitors?.tell(this.runtime, { path: this.path, incarnation: this.incarnations, reason })
  }

  deliver(answered: Answered): void {
    if (!this.isEvaluating) return this.runtime.step(() => answered.resume())
    this.answered ??= []
    this.answered.push(answered)
  }

  /** Lets the callers that were answered in this turn go on. */
  flush(): void {
    const { answered } = this
    if (answered === undefined) return
    this.answered = undefined
    for (const caller of answered) this.runtime.step(() => caller.resume())
  }

  private post(command: Command): Effect.Effect<void, ActorStopped> | undefined {
    if (this.retired !== undefined) return Effect.fail(this.stopped(this.retired))
    const envelope = this.envelope(command, undefined)
    if (this.rejection(envelope) !== undefined) return Effect.void
    if (!this.mailbox.offer(envelope)) return undefined
    this.countDepth()
    this.process?.wake()
    return Effect.void
  }

  private postLater(command: Command): Effect.Effect<void, ActorStopped> {
    return Effect.callback((resume) => {
      const admitted = (isAdmitted: boolean) =>
        this.runtime.defer(() => resume(isAdmitted ? Effect.void : Effect.fail(this.stopped(this.retired))))
      const envelope = this.envelope(command, undefined, admitted)
      this.mailbox.offerLater(envelope)
      return Effect.sync(() => this.withdraw(envelope))
    })
  }

  /** Sending and parking are one step: an interruption meets the caller before or after both, and withdraws what was not taken. */
  private ask<A, E, Full>(
    make: (replyTo: ReplyTo<A, E>) => Command,
    options: CallOptions | undefined,
    full: (() => Full) | undefined
  ): Effect.Effect<A, E | CallFailure<InitError> | Full> {
    return Effect.callback((resume) => {
      const reply = new Reply<A, E, CallFailure<InitError>>(this)
      const envelope = this.envelope(make(reply), reply)
      const refusal = this.retired === undefined ? this.rejection(envelope) : this.stopped(this.retired)
      if (refusal !== undefined) return resume(Effect.fail(refusal))
      if (this.weather !== undefined) {
        this.weather.isAsked = true
        return resume(Effect.fail(this.weather.error))
      }
      if (!this.mailbox.offer(envelope)) {
        if (full !== undefined) return resume(Effect.fail(full()))
        this.mailbox.offerLater(envelope)
      }
      this.countDepth()
      this.runNow()
      if (reply.exit !== undefined) return resume(reply.exit)
      reply.park(resume, this.timeout(reply, envelope, options))
      return Effect.sync(() => {
        this.withdraw(envelope)
        reply.abandon()
      })
    })
  }

  private timeout<A, E>(
    reply: Reply<A, E, CallFailure<InitError>>,
    envelope: Envelope<Command, CallFailure<InitError>>,
    options: CallOptions | undefined
  ) {
    const timeoutMillis = options?.timeout === undefined ? defaultTimeoutMillis : Duration.toMillis(options.timeout)
    if (!Number.isFinite(timeoutMillis)) return undefined
    return this.runtime.timers.after(timeoutMillis, () => {
      this.withdraw(envelope)
      reply.abort(new CallTimeout({ path: this.path, timeoutMillis }))
    })
  }

  /** A caller's step is the actor's turn when it is idle: no fiber, timer or trip through the scheduler for an answer that is at hand. */
  private runNow(): void {
    const { process } = this
    if (process?.canTurn === true) this.runtime.step(() => process.runOnce())
  }

  private envelope(
    command: Command,
    call: OpenCall<CallFailure<InitError>> | undefined,
    admitted?: (isAdmitted: boolean) => void
  ): Envelope<Command, CallFailure<InitError>> {
    return new Envelope(command, this.behaviour.keyOf?.(command), call, this.runtime.now(), admitted)
  }

  private withdraw(envelope: Envelope<Command, CallFailure<InitError>>): void {
    if (this.mailbox.withdraw(envelope)) this.countDepth()
  }

  private isRefused(envelope: Envelope<Command, CallFailure<InitError>>): boolean {
    const rejection = this.rejection(envelope)
    if (rejection !== undefined) envelope.refuse(rejection)
    return rejection !== undefined
  }

  private rejection({ key }: Envelope<Command, CallFailure<InitError>>): CommandRejected | undefined {
    if (this.poison === undefined || key === undefined || !this.poison.has(key)) return undefined
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
    const { depth } = this.mailbox
    this.telemetry.mailboxDepth += depth - this.countedDepth
    this.countedDepth = depth
  }
}

const none: ReadonlyArray<never> = []
