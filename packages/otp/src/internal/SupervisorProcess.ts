/**
 * One incarnation of a supervisor with an order of children. What it does, it does one thing after the other, in a fiber that exists
 * only while there is something to do; an idle supervisor is a few objects.
 */
import { Cause, Effect, Exit, type Fiber } from "effect"
import type { SupervisorOptions } from "../Supervisor.ts"
import { isRestarted, type ChildSpec, type Link, type Process } from "../ChildSpec.ts"
import { crashed, type ExitReason, intensityExceeded, isAbnormal, shutdown, toCause } from "../ExitReason.ts"
import { spend, standard, type Spent, unspent } from "../RestartIntensity.ts"
import { plan } from "../Strategy.ts"
import { Child, type ChildOwner } from "./Child.ts"
import { growingMillis } from "./growingMillis.ts"
import type { Timer } from "./Timers.ts"
import type { Mortal } from "./TreeNode.ts"

/** What a supervisor goes by. */
export type Rules = Pick<SupervisorOptions, "autoShutdown" | "backoff" | "intensity" | "strategy">

export class SupervisorProcess implements Process, Mortal, ChildOwner {
  readonly options: Rules
  readonly link: Link
  /** In start order. */
  children: ReadonlyArray<Child>
  isEnded = false
  stopRequested: ExitReason | undefined = undefined
  spent: Spent = unspent
  /** Restarts that are held back, by the child that failed. */
  private delayed: Map<Child, Timer> | undefined = undefined
  private readonly todo: Array<Effect.Effect<void>> = []
  private isWorking = false
  private fiber: Fiber.Fiber<void> | undefined = undefined

  constructor(options: Rules, specs: ReadonlyArray<ChildSpec>, link: Link) {
    this.options = options
    this.link = link
    validate(options, specs)
    link.node.incarnation++
    link.node.process = this
    this.children = specs.map((spec) => this.child(spec))
    this.enqueue(startAll(this))
  }

  shutdown(reason: ExitReason): void {
    if (this.isEnded || this.stopRequested !== undefined) return
    this.stopRequested = reason
    for (const child of this.children) child.giveUpStart()
    this.enqueue(Effect.map(stopAll(this, reason), () => this.end(reason)))
  }

  kill(reason: ExitReason): void {
    if (this.isEnded) return
    this.fiber?.interruptUnsafe()
    for (const child of this.children.toReversed()) child.kill(reason)
    this.end(reason)
  }

  crash(reason: ExitReason): void {
    this.kill(reason)
  }

  childEnded(child: Child, reason: ExitReason): void {
    this.enqueue(afterEnd(this, child, reason))
  }

  /** Does it when everything before it is done. */
  enqueue(step: Effect.Effect<void>): void {
    if (this.isEnded) return
    this.todo.push(step)
    if (this.isWorking) return
    this.isWorking = true
    const fiber = this.link.node.runtime.fork(workThrough(this.todo))
    this.fiber = fiber
    fiber.addObserver((exit) => {
      this.isWorking = false
      this.fiber = undefined
      if (Exit.isFailure(exit)) this.kill(crashed(exit.cause))
    })
  }

  /** Tells the supervisor above, once. */
  end(reason: ExitReason): void {
    if (this.isEnded) return
    this.isEnded = true
    this.todo.length = 0
    this.delayed?.forEach((timer, child) => {
      timer.cancel()
      child.node.setStatus("stopped")
    })
    this.link.exited(reason)
  }

  remove(child: Child, reason: ExitReason): void {
    this.children = this.children.filter((one) => one !== child)
    child.node.remove()
    child.spec.retire(reason)
  }

  /** Does it after a while, unless another restart takes the child along before. */
  delay(child: Child, millis: number, step: Effect.Effect<void>): void {
    child.node.setStatus("restarting")
    const timer = this.link.node.runtime.timers.after(millis, () => {
      this.delayed?.delete(child)
      this.enqueue(step)
    })
    this.delayed ??= new Map()
    this.delayed.set(child, timer)
  }

  cancelDelay(child: Child): void {
    this.delayed?.get(child)?.cancel()
    this.delayed?.delete(child)
  }

  private child(spec: ChildSpec): Child {
    const node = this.link.node.child(spec.id) ?? this.link.node.addChild(spec)
    return new Child(spec, node, this)
  }
}

/** Something a supervisor does, one thing after the other. */
type Step<Arguments extends ReadonlyArray<unknown>> = (
  self: SupervisorProcess,
  ...rest: Arguments
) => Effect.Effect<void>

const workThrough = Effect.fnUntraced(function* (todo: Array<Effect.Effect<void>>) {
  for (let step = todo.shift(); step !== undefined; step = todo.shift()) yield* step
})

/** Each child when the one before it has started. One that fails to start takes the supervisor with it, as in Erlang. */
const startAll = Effect.fnUntraced(function* (self: SupervisorProcess) {
  for (const child of self.children) {
    const started = yield* child.start
    if (started._tag === "GivenUp") return
    if (started._tag === "Failed") {
      yield* stopAll(self)
      self.end(crashed(failedToStart(child, started.reason)))
      return
    }
  }
  self.link.started()
})

const stopAll = Effect.fnUntraced(function* (self: SupervisorProcess, reason: ExitReason = shutdown()) {
  for (const child of self.children.toReversed()) yield* child.stop(reason)
})

const afterEnd = Effect.fnUntraced(function* (self: SupervisorProcess, child: Child, reason: ExitReason) {
  const { isSignificant, restart } = child.spec
  if (self.stopRequested !== undefined || child.isUp || !self.children.includes(child)) return
  if (isRestarted(restart, isAbnormal(reason))) {
    yield* restartChild(self, child, reason)
    return
  }
  if (restart === "temporary") self.remove(child, reason)
  else child.spec.retire(reason)
  if (isSignificant && isLastOfItsKind(self)) {
    yield* stopAll(self)
    self.end(shutdown(`${child.spec.id} ended`))
  }
})

/** Spends one restart, or gives up: all children are stopped, last first, and the failure is the business of the supervisor above. */
const restartChild: Step<[failed: Child, reason: ExitReason]> = Effect.fnUntraced(function* (self, failed, reason) {
  const { runtime } = self.link.node
  const verdict = spend(self.options.intensity ?? standard, self.spent, runtime.now())
  self.spent = verdict.spent
  if (verdict._tag === "Exceeded") {
    yield* stopAll(self)
    self.end(intensityExceeded(toCause(reason)))
    return
  }
  const affected = plan(self.options.strategy ?? "one_for_one", self.children, failed)
  for (const child of affected.stop) {
    yield* child.stop(shutdown(`${failed.spec.id} is restarted`))
    if (child.spec.restart === "temporary") self.remove(child, reason)
  }
  for (const child of affected.start) self.cancelDelay(child)
  const { backoff } = self.options
  const start = startAgain(self, affected.start)
  if (backoff === undefined) yield* start
  else self.delay(failed, growingMillis(backoff, verdict.spent.length - 1, runtime.jitter()), start)
})

/** A start that fails is tried again as a failure of that child, and counted again. What else there is to do comes first. */
const startAgain: Step<[children: ReadonlyArray<Child>]> = Effect.fnUntraced(function* (self, children) {
  for (const child of children) {
    if (self.stopRequested !== undefined) return
    if (!self.children.includes(child) || child.isUp) continue
    child.node.restarted()
    const started = yield* child.start
    if (started._tag === "Failed") {
      self.enqueue(restartChild(self, child, started.reason))
      return
    }
  }
})

const isLastOfItsKind = ({ children, options }: SupervisorProcess): boolean => {
  const autoShutdown = options.autoShutdown ?? "never"
  if (autoShutdown === "any_significant") return true
  return autoShutdown === "all_significant" && !children.some(({ isUp, spec }) => spec.isSignificant && isUp)
}

const failedToStart = (child: Child, reason: ExitReason): Cause.Cause<unknown> =>
  Cause.combine(toCause(reason), Cause.die(new Error(`${child.node.path} did not start`)))

/** The combinations that Erlang's supervisor refuses. */
const validate = ({ autoShutdown = "never" }: Rules, specs: ReadonlyArray<ChildSpec>): void => {
  const ids = new Set(specs.map(({ id }) => id))
  if (ids.size < specs.length) throw new Error(`two children have one id: ${specs.map(({ id }) => id).join(", ")}`)
  for (const { id, isSignificant, restart } of specs) {
    if (!isSignificant) continue
    if (restart === "permanent") throw new Error(`${id} is permanent: its end cannot be significant`)
    if (autoShutdown === "never") throw new Error(`${id} is significant, but its supervisor never shuts down by itself`)
  }
}
