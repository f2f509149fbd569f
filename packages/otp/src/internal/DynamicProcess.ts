/** One incarnation of a dynamic supervisor. Every child is looked after for itself: none waits for what another takes its time to do. */
import { Effect, Exit, Fiber } from "effect"
import { AlreadyStarted, ChildNotFound, StartFailed, SupervisorStopped } from "../ChildError.ts"
import { isRestarted, type ChildSpec, type Link, type Process } from "../ChildSpec.ts"
import { crashed, describe, type ExitReason, intensityExceeded, isAbnormal, shutdown, toCause } from "../ExitReason.ts"
import type { DynamicSupervisorOptions } from "../DynamicSupervisor.ts"
import { spend, standard, type Spent, unspent } from "../RestartIntensity.ts"
import { Child, type ChildOwner } from "./Child.ts"
import type { Mortal } from "./TreeNode.ts"

export class DynamicProcess implements Process, Mortal, ChildOwner {
  readonly link: Link
  private readonly options: DynamicSupervisorOptions
  private readonly children = new Map<string, Child>()
  private spent: Spent = unspent
  private isStopping = false
  private isEnded = false

  constructor(options: DynamicSupervisorOptions, link: Link) {
    this.options = options
    this.link = link
    link.node.incarnation++
    link.node.process = this
    link.started()
  }

  get ids(): ReadonlyArray<string> {
    return [...this.children.keys()]
  }

  startChild(spec: ChildSpec): Effect.Effect<void, AlreadyStarted | StartFailed | SupervisorStopped> {
    return Effect.suspend((): Effect.Effect<void, AlreadyStarted | StartFailed | SupervisorStopped> => {
      if (this.isStopping) return Effect.fail(this.notRunning())
      if (this.children.has(spec.id)) return Effect.fail(new AlreadyStarted({ id: spec.id }))
      const child = new Child(spec, this.link.node.addChild(spec), this)
      this.children.set(spec.id, child)
      const start = Effect.flatMap(child.start, (started): Effect.Effect<void, StartFailed | SupervisorStopped> => {
        if (started._tag === "Started") return Effect.void
        if (started._tag === "GivenUp") return Effect.fail(this.notRunning())
        this.remove(child, started.reason)
        return Effect.fail(new StartFailed({ id: spec.id, reason: describe(started.reason) }))
      })
      return this.inItsOwnTime(start)
    })
  }

  /** Waits until there is no child with this id. */
  awaitGone(id: string): Effect.Effect<void> {
    return Effect.suspend(() => this.children.get(id)?.gone ?? Effect.void)
  }

  terminateChild(id: string): Effect.Effect<void, ChildNotFound> {
    return Effect.suspend(() => {
      const child = this.children.get(id)
      return child === undefined
        ? Effect.fail(new ChildNotFound({ id }))
        : this.inItsOwnTime(this.stopAndRemove(child, shutdown()))
    })
  }

  shutdown(reason: ExitReason): void {
    this.stopAll(reason, reason)
  }

  kill(reason: ExitReason): void {
    if (this.isEnded) return
    this.isStopping = true
    for (const child of this.children.values()) {
      child.kill(reason)
      this.remove(child, reason)
    }
    this.end(reason)
  }

  crash(reason: ExitReason): void {
    this.kill(reason)
  }

  private stopAll(reason: ExitReason, ending: ExitReason): void {
    if (this.isStopping) return
    this.isStopping = true
    for (const child of this.children.values()) child.giveUpStart()
    const stopping = Effect.forEach([...this.children.values()], (child) => this.stopAndRemove(child, reason), {
      concurrency: "unbounded",
      discard: true
    })
    this.link.node.runtime
      .fork(stopping)
      .addObserver((exit) => (Exit.isSuccess(exit) ? this.end(ending) : this.kill(crashed(exit.cause))))
  }

  childEnded(child: Child, reason: ExitReason): void {
    if (this.isStopping || this.children.get(child.spec.id) !== child) return
    if (!isRestarted(child.spec.restart, isAbnormal(reason))) return this.remove(child, reason)
    const verdict = spend(this.options.intensity ?? standard, this.spent, this.link.node.runtime.now())
    this.spent = verdict.spent
    if (verdict._tag === "Exceeded") return this.stopAll(shutdown(), intensityExceeded(toCause(reason)))
    child.node.restarted()
    const again = Effect.map(child.start, (started) => {
      if (started._tag === "Failed") this.childEnded(child, started.reason)
    })
    this.link.node.runtime.fork(again)
  }

  /** Whoever asked may go away; what was begun is done to its end. */
  private inItsOwnTime<E>(step: Effect.Effect<void, E>): Effect.Effect<void, E> {
    return Fiber.join(this.link.node.runtime.fork(step))
  }

  private stopAndRemove(child: Child, reason: ExitReason): Effect.Effect<void> {
    return Effect.map(child.stop(reason), () => this.remove(child, reason))
  }

  private remove(child: Child, reason: ExitReason): void {
    if (this.children.get(child.spec.id) !== child) return
    this.children.delete(child.spec.id)
    child.node.remove()
    child.spec.retire(reason)
    child.left()
    const { onChildDown } = this.options
    if (onChildDown !== undefined) this.link.node.runtime.callBack(() => onChildDown(child.spec.id, reason))
  }

  private end(reason: ExitReason): void {
    if (this.isEnded) return
    this.isEnded = true
    this.link.exited(reason)
  }

  private notRunning(): SupervisorStopped {
    return new SupervisorStopped({ id: this.options.id })
  }
}
