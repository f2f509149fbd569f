/**
 * One start of an actor by its supervisor: init with its tries, the turns, and exactly one end. Between two turns everything is
 * synchronous, which is what makes its rules hold. All work that the incarnation starts belongs to its scope.
 */
import { Cause, Duration, Effect, Exit, Fiber, Result, Scope } from "effect"
import { ActorCrashed } from "../ActorError.ts"
import { next, type Next } from "../Behaviour.ts"
import { shutdownMillis, type Link, type Process, type Shutdown } from "../ChildSpec.ts"
import { crashed, describe, type ExitReason, normal } from "../ExitReason.ts"
import type { ActorCell, CallFailure, Keeper } from "./ActorCell.ts"
import type { Envelope } from "./Envelope.ts"
import { type Growth, growingMillis } from "./growingMillis.ts"
import { Incarnation, type Owner } from "./Incarnation.ts"
import { OpenCalls } from "./OpenCalls.ts"
import type { Runtime } from "./Runtime.ts"
import type { Timer } from "./Timers.ts"
import type { Mortal } from "./TreeNode.ts"

/** Turns in a row before others get theirs. */
const maxTurnsInARow = 16

/** How long the next try of a start waits that failed for lack of something outside. */
const retries: Growth = { initial: 100, max: 5_000 }

type Letters<Command, InitError> = ReadonlyArray<Envelope<Command, CallFailure<InitError>>>

export class ActorProcess<State, Command, Signal, InitError> implements Process, Owner<Signal>, Mortal {
  private readonly cell: ActorCell<State, Command, Signal, InitError>
  private readonly link: Link
  private readonly shutdownLimit: Shutdown
  private readonly calls = new OpenCalls<CallFailure<InitError>>()
  private incarnation: Incarnation<Signal>
  private phase: "starting" | "waiting" | "running" | "ending" | "ended" = "starting"
  /** What the last turn came to; it holds the state. Set once `init` is through. */
  private last: Next<State> | undefined = undefined
  /** The fiber of init, of a turn or of the end, while it has not done. */
  private fiber: Fiber.Fiber<unknown, unknown> | undefined = undefined
  private isTurning = false
  private isWoken = false
  private isReported = false
  private stopRequested: ExitReason | undefined = undefined
  /** Tries of `init` that failed in a row. */
  private tries = 0
  /** The next try of `init`, the time until passivation, or the limit of the end. */
  private timer: Timer | undefined = undefined

  constructor(cell: ActorCell<State, Command, Signal, InitError>, link: Link, shutdownLimit: Shutdown) {
    this.cell = cell
    this.link = link
    this.shutdownLimit = shutdownLimit
    cell.incarnations++
    link.node.incarnation = cell.incarnations
    link.node.process = this
    this.incarnation = new Incarnation(this, cell.incarnations)
  }

  get path(): string {
    return this.link.node.path
  }

  get runtime(): Runtime {
    return this.cell.runtime
  }

  /** Starts a try of `init`. */
  begin(): void {
    const { cell, incarnation } = this
    cell.reopen()
    this.phase = "starting"
    this.link.node.setStatus("starting")
    const init = Effect.suspend(() => cell.behaviour.init(incarnation))
    this.follow(Effect.provideService(init, Scope.Scope, incarnation.scope), (exit) => {
      if (!incarnation.isLive) return
      if (Exit.isSuccess(exit)) return this.begun(exit.value)
      const failure = Cause.findError(exit.cause)
      if (Cause.hasDies(exit.cause) || Result.isFailure(failure)) this.crash(crashed(exit.cause))
      else this.weather(failure.success)
    })
  }

  get canTurn(): boolean {
    return this.phase === "running" && !this.isTurning && this.cell.hasWork
  }

  /** There is something to do: takes turns in a moment. */
  wake(): void {
    if (this.isWoken || !this.canTurn) return
    this.isWoken = true
    this.runtime.defer(() => {
      this.isWoken = false
      this.run(maxTurnsInARow)
    })
  }

  /** Takes one turn in the caller's step, if it can. */
  runOnce(): void {
    this.run(1)
  }

  signalled(signal: Signal, from: Incarnation<Signal>): void {
    this.cell.signalled(signal, from)
  }

  crashed(defect: unknown, from: Incarnation<Signal>): void {
    if (from === this.incarnation) this.crash(crashed(Cause.die(defect)))
  }

  crash(reason: ExitReason): void {
    if (this.isOver) return
    this.cell.isCautious = true
    this.end(reason, false)
    this.limitEnd(reason)
  }

  shutdown(reason: ExitReason): void {
    if (this.isOver) return
    if (this.isTurning) this.stopRequested ??= reason
    else this.end(reason, this.phase === "running")
  }

  kill(reason: ExitReason): void {
    const { phase } = this
    if (phase === "ended") return
    this.phase = "ended"
    this.cell.telemetry.abandoned++
    this.incarnation.isLive = false
    // Nobody waits for this: what is interrupted, and the finalizers, take whatever time they take.
    if (phase !== "ending") this.runtime.abandon(this.cleanUp(Effect.void, reason))
    else if (this.fiber !== undefined) this.runtime.abandonFiber(this.fiber)
    this.finish(reason)
  }

  private get isOver(): boolean {
    return this.phase === "ending" || this.phase === "ended"
  }

  private begun(state: State): void {
    this.last = next(state)
    this.phase = "running"
    this.tries = 0
    this.link.node.setStatus("running")
    this.report()
    this.run(maxTurnsInARow)
  }

  /** Something outside is away: not a crash. Callers are told, and the next try waits a while. */
  private weather(error: InitError): void {
    const { cell, incarnation, runtime } = this
    const delay = growingMillis(retries, this.tries++, runtime.jitter())
    incarnation.isLive = false
    this.phase = "waiting"
    cell.telemetry.weather++
    this.link.node.setStatus("waiting")
    this.link.node.failed(`did not start: ${String(error)}`)
    cell.cannotStart(error)
    this.report()
    this.follow(Scope.close(incarnation.scope, Exit.fail(error)), () => {
      if (this.phase === "waiting") this.timer = runtime.timers.after(delay, () => this.tryAgain())
    })
  }

  private tryAgain(): void {
    this.timer = undefined
    if (!this.cell.isWanted && this.cell.keeper?.passivate() === true) return this.finish(normal)
    this.incarnation = new Incarnation(this, this.cell.incarnations)
    this.begin()
  }

  /** The supervisor goes on to the next child: an actor that waits for the weather has started, if not well. */
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
    // From here on no caller can begin a turn within this one.
    this.isTurning = true
    cell.isEvaluating = true
    const startedAt = this.runtime.now()
    const { maxBatch } = cell.behaviour.mailbox
    const signals = cell.takeSignals(maxBatch)
    // A cautious turn is signals or one command, so that the one that crashes it is known.
    const most = cell.isCautious ? (signals.length > 0 ? 0 : 1) : maxBatch
    const letters = cell.takeCommands(most, startedAt)
    if (signals.length === 0 && letters.length === 0) this.isTurning = false
    else {
      cell.handled += letters.length
      this.calls.turnBegins(letters)
      const batch = { signals, commands: letters.map(({ command }) => command) }
      const receive = Effect.suspend(() => cell.behaviour.receive(last.state, batch, incarnation))
      this.follow(receive, (exit) =>
        this.afterTurn(incarnation, startedAt, signals.length === 0 ? letters : none, exit)
      )
    }
    cell.isEvaluating = false
    cell.flush()
  }

  /** `alone` is what the turn took, when it took no signals. */
  private afterTurn(
    incarnation: Incarnation<Signal>,
    startedAt: number,
    alone: Letters<Command, InitError>,
    exit: Exit.Exit<Next<State>>
  ): void {
    const { cell } = this
    const took = this.runtime.now() - startedAt
    cell.receiveMillis += took
    cell.telemetry.receive.observe(took / 1000)
    if (!incarnation.isLive) return
    this.isTurning = false
    if (Exit.isFailure(exit)) {
      const [only, another] = alone
      if (only?.key !== undefined && another === undefined) cell.reject(only.key)
      return this.crash(crashed(exit.cause))
    }
    this.calls.turnEnds()
    this.last = exit.value
    if (cell.isCautious && cell.mailboxDepth === 0) cell.isCautious = false
    if (exit.value._tag === "Stop") this.endByItself(exit.value.reason)
    else if (this.stopRequested !== undefined) this.end(this.stopRequested, true)
    // A turn that took its time: whoever began it has long returned.
    else if (!cell.isEvaluating) this.run(maxTurnsInARow)
  }

  /** Nothing to do: the time until passivation begins anew. */
  private settle(): void {
    const { behaviour, keeper } = this.cell
    if (behaviour.passivateAfter === undefined || keeper === undefined) return
    if (this.phase !== "running" || this.isTurning) return
    const { timers } = this.runtime
    if (this.timer !== undefined) timers.restart(this.timer)
    else this.timer = timers.after(Duration.toMillis(behaviour.passivateAfter), () => this.passivate(keeper))
  }

  private passivate(keeper: Keeper): void {
    const { cell, last } = this
    if (this.phase !== "running" || this.isTurning || cell.hasWork || last === undefined) return
    let isIdle = this.calls.isEmpty
    try {
      isIdle &&= cell.behaviour.isIdle?.(last.state) ?? true
    } catch (defect) {
      return this.crash(crashed(Cause.die(defect)))
    }
    // Once the keeper has let go, in this step, nobody can send to this incarnation any more.
    if (isIdle && keeper.passivate()) this.endByItself(normal)
    else this.settle()
  }

  private end(reason: ExitReason, isOrderly: boolean): void {
    const { incarnation, last } = this
    const { terminate } = this.cell.behaviour
    this.phase = "ending"
    incarnation.isLive = false
    this.timer?.cancel()
    this.link.node.process = undefined
    this.link.node.setStatus("stopping")
    if (!isOrderly) this.abortCalls(reason)
    const farewell =
      isOrderly && terminate !== undefined && last !== undefined
        ? Effect.suspend(() => terminate(last.state, reason))
        : Effect.void
    this.follow(this.cleanUp(farewell, reason), (exit) => {
      if (this.phase === "ending") this.finish(Exit.isSuccess(exit) ? reason : worse(reason, exit.cause))
    })
  }

  private endByItself(reason: ExitReason): void {
    this.end(reason, true)
    this.limitEnd(reason)
  }

  /** Its supervisor sees to the time of an end that it asked for; that of any other is seen to here. */
  private limitEnd(reason: ExitReason): void {
    const limit = shutdownMillis(this.shutdownLimit)
    if (this.phase !== "ending" || limit === undefined) return
    if (limit === 0) this.kill(reason)
    else this.timer = this.runtime.timers.after(limit, () => this.kill(reason))
  }

  /** What runs is interrupted, then the farewell, then the scope closes: nothing acquired goes while somebody uses it. */
  private cleanUp(farewell: Effect.Effect<void>, reason: ExitReason): Effect.Effect<void> {
    const { fiber, incarnation } = this
    const running = fiber === undefined ? Effect.void : Fiber.interrupt(fiber)
    const exit = reason._tag === "Crashed" ? Exit.failCause(reason.cause) : Exit.void
    return Effect.onExit(Effect.andThen(running, farewell), () => Scope.close(incarnation.scope, exit))
  }

  private finish(reason: ExitReason): void {
    this.phase = "ended"
    this.timer?.cancel()
    this.abortCalls(reason)
    this.last = undefined
    this.fiber = undefined
    this.cell.ended(reason)
    this.link.exited(reason)
  }

  private abortCalls(reason: ExitReason): void {
    const { incarnation } = this.incarnation
    this.calls.abort(() => new ActorCrashed({ path: this.path, incarnation, reason: describe(reason) }))
  }

  /** Runs it, in this step as far as it goes, and hears of its end. */
  private follow<A, E>(effect: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    const fiber = this.runtime.fork(effect)
    if (fiber.pollUnsafe() === undefined) this.fiber = fiber
    fiber.addObserver((exit) => {
      if (this.fiber === fiber) this.fiber = undefined
      onExit(exit)
    })
  }
}

const none: ReadonlyArray<never> = []

/** An end that was to be orderly and failed is a crash; a crash whose clean-up fails as well keeps both causes. */
const worse = (reason: ExitReason, cause: Cause.Cause<unknown>): ExitReason =>
  crashed(reason._tag === "Crashed" ? Cause.combine(reason.cause, cause) : cause)
