/** A supervisor's record of one child: starting it, stopping it within its time, and learning of its end. */
import { Cause, Effect } from "effect"
import { isAbnormal, crashed, describe, type ExitReason, killed, toCause } from "../ExitReason.ts"
import { shutdownMillis, type ChildSpec, type Link, type Process } from "../ChildSpec.ts"
import type { TreeNode } from "./TreeNode.ts"

/** What became of a start. `GivenUp`: nobody waits for it any longer; the child itself may still be starting. */
export type Started =
  | { readonly _tag: "Started" }
  | { readonly _tag: "Failed"; readonly reason: ExitReason }
  | { readonly _tag: "GivenUp" }

/** The supervisor of a child. */
export interface ChildOwner {
  /** The child ended once its start was through, and nobody had asked it to. */
  childEnded(child: Child, reason: ExitReason): void
}

export class Child implements Link {
  readonly spec: ChildSpec
  readonly node: TreeNode
  private readonly owner: ChildOwner
  private process: Process | undefined = undefined
  /** True from the call of `start` to its end, whatever end. */
  isUp = false
  private isStopping = false
  private startWaiter: ((started: Started) => void) | undefined = undefined
  private stopWaiters: Array<() => void> | undefined = undefined
  private goneWaiters: Array<() => void> | undefined = undefined

  constructor(spec: ChildSpec, node: TreeNode, owner: ChildOwner) {
    this.spec = spec
    this.node = node
    this.owner = owner
  }

  /** Starts it and waits until its start is through; nothing when it runs. */
  get start(): Effect.Effect<Started> {
    return Effect.callback((resume) => {
      if (this.isUp) return resume(Effect.succeed({ _tag: "Started" }))
      this.startWaiter = (started) => resume(Effect.succeed(started))
      this.isUp = true
      this.isStopping = false
      this.node.setStatus("starting")
      let process: Process
      try {
        process = this.spec.start(this)
      } catch (defect) {
        this.exited(crashed(Cause.die(defect)))
        return
      }
      // It may be over by now.
      if (this.isUp) this.process = process
      return Effect.sync(() => {
        this.startWaiter = undefined
      })
    })
  }

  /** Whoever waits for the start waits no longer. */
  giveUpStart(): void {
    this.tellStarted({ _tag: "GivenUp" })
  }

  started(): void {
    if (!this.isStopping && this.node.status === "starting") this.node.setStatus("running")
    this.tellStarted({ _tag: "Started" })
  }

  exited(reason: ExitReason): void {
    this.process = undefined
    this.isUp = false
    this.node.ended(reason)
    if (isAbnormal(reason) || reason._tag === "IntensityExceeded") this.report(reason)
    const stopWaiters = this.stopWaiters
    this.stopWaiters = undefined
    if (this.startWaiter !== undefined) this.tellStarted({ _tag: "Failed", reason })
    else if (!this.isStopping) this.owner.childEnded(this, reason)
    stopWaiters?.forEach((resume) => resume())
  }

  /** Stops it: within its time in order, then without waiting. */
  stop(reason: ExitReason): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const { process } = this
      if (process === undefined) return resume(Effect.void)
      this.isStopping = true
      this.stopWaiters ??= []
      this.stopWaiters.push(() => resume(Effect.void))
      const limit = shutdownMillis(this.spec.shutdown)
      if (limit === 0) return process.kill(killed("brutal kill"))
      this.node.setStatus("stopping")
      process.shutdown(reason)
      if (!this.isUp || limit === undefined) return
      const timer = this.node.runtime.timers.after(limit, () => process.kill(killed("its time to stop was over")))
      this.stopWaiters?.push(() => timer.cancel())
    })
  }

  /** Ends it now. */
  kill(reason: ExitReason): void {
    this.isStopping = true
    this.process?.kill(reason)
  }

  /** Waits until its supervisor has let go of it. */
  get gone(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.goneWaiters ??= []
      this.goneWaiters.push(() => resume(Effect.void))
    })
  }

  /** Its supervisor has let go of it. */
  left(): void {
    const waiters = this.goneWaiters
    this.goneWaiters = undefined
    waiters?.forEach((resume) => resume())
  }

  private tellStarted(started: Started): void {
    const waiter = this.startWaiter
    this.startWaiter = undefined
    waiter?.(started)
  }

  /** What Erlang calls a crash report. */
  private report(reason: ExitReason): void {
    const { node } = this
    const { path } = node
    node.runtime.fork(
      Effect.logError(`${path} ${describe(reason)}`, toCause(reason)).pipe(
        Effect.annotateLogs({ path, kind: node.described.kind, incarnation: node.incarnation })
      )
    )
  }
}
