/**
 * One start of an actor by its supervisor: init with its tries, the turns, and exactly one end. Between two turns everything is
 * synchronous. A turn's fiber, and all work the incarnation starts, belong to the incarnation's scope.
 */
import { Cause, Duration, Effect, Exit, type Fiber, Result, Scope } from "effect"
import { ActorCrashed } from "../ActorError.ts"
import { next, type Next } from "../Behaviour.ts"
import { shutdownMillis, type Link, type Process, type Shutdown } from "../ChildSpec.ts"
import { crashed, describe, type ExitReason, normal } from "../ExitReason.ts"
import type { ActorCell, CallFailure } from "./ActorCell.ts"
import { Incarnation, type Owner } from "./Incarnation.ts"
import { LinkedList } from "./LinkedList.ts"
import type { OpenCall } from "./Reply.ts"
import type { Runtime } from "./Runtime.ts"
import type { Timer } from "./Timers.ts"

/** Turns in a row before others get theirs. */
const maxTurnsInARow = 16

/** The next try of a start that failed for lack of something outside waits up to this long, doubling from the first to the last. */
const retryMillis = { first: 100, last: 5_000 } as const

export class ActorProcess<State, Command, Signal, InitError> implements Process, Owner<Signal> {
  private readonly cell: ActorCell<State, Command, Signal, InitError>
  private readonly link: Link
  private readonly shutdownLimit: Shutdown
  private incarnation: Incarnation<Signal>
  private phase: "starting" | "waiting" | "running" | "ending" | "ended" = "starting"
  /** What the last turn came to; it holds the state. Set once `init` is through. */
  private last: Next<State> | undefined = undefined
  /** The fiber of a turn, or of the end, while it is not done. */
  private fiber: Fiber.Fiber<unknown, unknown> | undefined = undefined
  private isTurning = false
  private isWoken = false
  private isReported = false
  private stopRequested: ExitReason | undefined = undefined
  /** Tries of `init` that failed in a row. */
  private tries = 0
  /** The next try of `init`, or the limit of the end. */
  private timer: Timer | undefined = undefined
  private idleTimer: Timer | undefined = undefined
  /** Calls taken and not answered, in this turn or an earlier one. */
  private readonly calls = new LinkedList<OpenCall<CallFailure<InitError>>>()

  constructor(cell: ActorCell<State, Command, Signal, InitError>, link: Link, shutdownLimit: Shutdown) {
    this.cell = cell
    this.link = link
    this.shutdownLimit = shutdownLimit
    cell.incarnations++
    link.node.incarnation = cell.incarnations
    link.node.crash = (reason) => this.crash(reason)
    this.incarnation = new Incarnation(this, cell.incarnations)
  }

  get path(): string {
    return this.link.node.path
  }

  get runtime(): Runtime {
    return this.cell.runtime
  }

  begin(): void {
    const { incarnation } = this
    this.phase = "starting"
    this.link.node.setStatus("starting")
    const init = Effect.suspend(() => this.cell.behaviour.init(incarnation))
    this.observe(
      this.runtime.fork(Effect.provideService(init, Scope.Scope, incarnation.scope), incarnation.scope),
      (exit) => this.afterInit(incarnation, exit)
    )
  }

  /** There is something to do: takes a turn in a moment. */
  wake(): void {
    if (this.isWoken || !this.canTurn) return
    this.isWoken = true
    this.runtime.defer(() => {
      this.isWoken = false
      this.run(maxTurnsInARow)
    })
  }

  /** Takes one turn in the caller's step, if there is none. */
  runOnce(): void {
    this.run(1)
  }

  signalled(signal: Signal, from: Incarnation<Signal>): void {
    this.cell.signalled(signal, from)
  }

  crashed(defect: unknown, from: Incarnation<Signal>): void {
    if (from === this.incarnation) this.crash(crashed(Cause.die(defect)))
  }

  shutdown(reason: ExitReason): void {
    if (this.phase === "ending" || this.phase === "ended") return
    if (this.phase === "running" && this.isTurning) this.stopRequested ??= reason
    else this.end(reason, this.phase === "running")
  }

  kill(reason: ExitReason): void {
    if (this.phase === "ended") return
    this.incarnation.isLive = false
    this.cell.telemetry.abandoned++
    // Neither is waited for: the scope closes, and whatever of it resists interruption, by itself.
    if (this.phase === "ending") this.fiber?.interruptUnsafe()
    else this.runtime.fork(Scope.close(this.incarnation.scope, Exit.interrupt()))
    this.finish(reason)
  }

  private get canTurn(): boolean {
    return this.phase === "running" && !this.isTurning && this.cell.hasWork
  }

  private afterInit(incarnation: Incarnation<Signal>, exit: Exit.Exit<State, InitError>): void {
    if (!incarnation.isLive) return
    if (Exit.isSuccess(exit)) {
      this.last = next(exit.value)
      this.phase = "running"
      this.tries = 0
      this.link.node.setStatus("running")
      this.report()
      this.run(maxTurnsInARow)
      return
    }
    const failure = Cause.findError(exit.cause)
    if (Cause.hasDies(exit.cause) || Result.isFailure(failure)) this.crash(crashed(exit.cause))
    else this.weather(incarnation, failure.success)
  }

  /** Something outside is away: not a crash. Waiting callers are told, and the next try waits a while. */
  private weather(incarnation: Incarnation<Signal>, error: InitError): void {
    incarnation.isLive = false
    this.phase = "waiting"
    this.cell.telemetry.weather++
    this.link.node.setStatus("waiting")
    this.link.node.failed(`did not start: ${String(error)}`)
    this.cell.failWaitingCalls(error)
    this.report()
    const limit = Math.min(retryMillis.last, retryMillis.first * 2 ** this.tries++)
    const delay = Math.ceil(limit * (0.5 + 0.5 * this.runtime.jitter()))
    this.observe(this.runtime.fork(Scope.close(incarnation.scope, Exit.fail(error))), () => {
      if (this.phase !== "waiting") return
      this.timer = this.runtime.timers.after(delay, () => this.tryAgain())
    })
  }

  private tryAgain(): void {
    if (this.phase !== "waiting") return
    if (!this.cell.hasWork && this.cell.passivate?.() === true) return this.finish(normal)
    this.incarnation = new Incarnation(this, this.cell.incarnations)
    this.begin()
  }

  /** The supervisor goes on to the next child: an actor that waits for the weather has started, degraded. */
  private report(): void {
    if (this.isReported) return
    this.isReported = true
    this.link.started()
  }

  private run(turns: number): void {
    for (let turn = 0; this.canTurn; turn++) {
      if (turn === turns) return this.wake()
      this.turn()
    }
    this.settle()
  }

  private turn(): void {
    const { cell, incarnation, last } = this
    if (last === undefined) return
    const { maxBatch } = cell.behaviour.mailbox
    const startedAt = this.runtime.now()
    const signals = cell.takeSignals(maxBatch)
    // While cautious a turn is signals or one command, so that what crashes it can be told.
    const count = cell.isCautious ? (signals.length > 0 ? 0 : 1) : maxBatch
    const envelopes = count === 0 ? none : cell.takeCommands(count, startedAt)
    if (signals.length === 0 && envelopes.length === 0) return
    const commands = envelopes.map(({ call, command }) => {
      if (call?.isOpen === true) this.calls.append(call)
      return command
    })
    const alone = signals.length === 0 && commands.length === 1 ? commands[0] : undefined
    cell.handled += commands.length
    this.isTurning = true
    cell.isEvaluating = true
    const receive = Effect.suspend(() => cell.behaviour.receive(last.state, { signals, commands }, incarnation))
    const fiber = this.runtime.fork(receive, incarnation.scope)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) this.afterTurn(incarnation, startedAt, alone, exit)
    else
      this.observe(fiber, (exit) => {
        this.afterTurn(incarnation, startedAt, alone, exit)
        this.run(maxTurnsInARow)
      })
    cell.isEvaluating = false
    cell.flush()
  }

  private afterTurn(
    incarnation: Incarnation<Signal>,
    startedAt: number,
    alone: Command | undefined,
    exit: Exit.Exit<Next<State>>
  ): void {
    const { cell } = this
    const took = this.runtime.now() - startedAt
    cell.receiveMillis += took
    cell.telemetry.receive.observe(took / 1000)
    if (!incarnation.isLive) return
    this.isTurning = false
    if (Exit.isFailure(exit)) {
      const key = alone === undefined ? undefined : cell.keyOf(alone)
      if (key !== undefined) cell.reject(key)
      return this.crash(crashed(exit.cause))
    }
    this.last = exit.value
    if (cell.isCautious && cell.mailbox.depth === 0) cell.isCautious = false
    if (exit.value._tag === "Stop") this.end(exit.value.reason, true)
    else if (this.stopRequested !== undefined) this.end(this.stopRequested, true)
  }

  /** Nothing to do: the time until passivation begins anew. */
  private settle(): void {
    const { passivateAfter } = this.cell.behaviour
    if (passivateAfter === undefined || this.cell.passivate === undefined) return
    if (this.phase !== "running" || this.isTurning) return
    if (this.idleTimer === undefined) {
      this.idleTimer = this.runtime.timers.after(Duration.toMillis(passivateAfter), () => this.passivate())
    } else this.runtime.timers.restart(this.idleTimer)
  }

  private passivate(): void {
    if (this.phase !== "running" || this.isTurning || this.cell.hasWork || this.last === undefined) return
    const { isIdle } = this.cell.behaviour
    try {
      if (this.calls.size > 0 || isIdle?.(this.last.state) === false) return this.settle()
    } catch (defect) {
      return this.crash(crashed(Cause.die(defect)))
    }
    // From here on nobody can send to this incarnation: mailbox and registry have let go of it in this step.
    if (this.cell.passivate?.() === true) this.end(normal, true)
    else this.settle()
  }

  private crash(reason: ExitReason): void {
    if (this.phase === "ending" || this.phase === "ended") return
    this.cell.isCautious = true
    this.abortCalls(reason)
    this.end(reason, false)
  }

  private end(reason: ExitReason, isOrderly: boolean): void {
    const { incarnation, last } = this
    const { terminate } = this.cell.behaviour
    this.phase = "ending"
    incarnation.isLive = false
    this.timer?.cancel()
    this.idleTimer?.cancel()
    this.link.node.crash = undefined
    this.link.node.setStatus("stopping")
    const farewell =
      isOrderly && terminate !== undefined && last !== undefined
        ? Effect.suspend(() => terminate(last.state, reason))
        : Effect.void
    const cleanUp = Effect.onExit(farewell, () => Scope.close(incarnation.scope, toExit(reason)))
    this.fiber = this.runtime.fork(cleanUp)
    this.observe(this.fiber, (exit) => {
      if (this.phase === "ending") this.finish(Exit.isSuccess(exit) ? reason : worse(reason, exit.cause))
    })
    const limit = shutdownMillis(this.shutdownLimit)
    if (this.stillEnding && limit !== undefined) {
      if (limit === 0) this.kill(reason)
      else this.timer = this.runtime.timers.after(limit, () => this.kill(reason))
    }
  }

  private get stillEnding(): boolean {
    return this.phase === "ending"
  }

  private finish(reason: ExitReason): void {
    this.phase = "ended"
    this.timer?.cancel()
    this.idleTimer?.cancel()
    this.abortCalls(reason)
    this.last = undefined
    this.fiber = undefined
    this.cell.ended(reason)
    this.link.exited(reason)
  }

  private abortCalls(reason: ExitReason): void {
    if (this.calls.size === 0) return
    const { path } = this
    const { incarnation } = this.incarnation
    const failure = new ActorCrashed({ path, incarnation, reason: describe(reason) })
    for (let call = this.calls.first; call !== undefined; call = this.calls.first) {
      call.abort(failure)
      this.calls.remove(call)
    }
  }

  private observe<A, E>(fiber: Fiber.Fiber<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    fiber.addObserver(onExit)
  }
}

const none: ReadonlyArray<never> = []

const toExit = (reason: ExitReason): Exit.Exit<void, unknown> =>
  reason._tag === "Crashed" ? Exit.failCause(reason.cause) : Exit.void

/** An end that was to be orderly and failed is a crash; a crash whose clean-up fails as well keeps both causes. */
const worse = (reason: ExitReason, cause: Cause.Cause<unknown>): ExitReason =>
  crashed(reason._tag === "Crashed" ? Cause.combine(reason.cause, cause) : cause)
