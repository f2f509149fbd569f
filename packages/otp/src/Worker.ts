/**
 * A child without a mailbox: a server, a janitor's loop, a consumer of a queue. First `init`, for which its supervisor waits, then
 * `run`, for as long as it lasts; both in a scope that closes with the incarnation.
 */
import { Cause, Effect, Exit, type Fiber, type Scope } from "effect"
import { shutdownMillis, type ChildSpec, type Link, type Options, type Process, type Shutdown } from "./ChildSpec.ts"
import { crashed, type ExitReason, normal } from "./ExitReason.ts"
import type { Timer } from "./internal/Timers.ts"
import type { Mortal } from "./internal/TreeNode.ts"

/** A worker: what it acquires, and what it does with it. */
export interface WorkerOptions<Resource, InitError, RunError> extends Options {
  /** What metrics call it. Default: the id. */
  readonly kind?: string
  /** Its supervisor starts the next child when this is done. A failure is a failure to start, typed or not. */
  readonly init: Effect.Effect<Resource, InitError, Scope.Scope>
  /** What it does then. Returning is a normal end, failing an abnormal one. Default: it lives until it is stopped. */
  readonly run?: (resource: Resource) => Effect.Effect<unknown, RunError, Scope.Scope>
}

/** A child specification for a plain effect. An orderly stop interrupts it and waits for its finalizers. */
export const make = <Resource, InitError = never, RunError = never>(
  options: WorkerOptions<Resource, InitError, RunError>
): ChildSpec => ({
  id: options.id,
  kind: options.kind ?? options.id,
  type: "worker",
  restart: options.restart ?? "permanent",
  shutdown: options.shutdown ?? "5 seconds",
  isSignificant: options.isSignificant ?? false,
  start(link) {
    const run = options.run ?? (() => Effect.never)
    const life = Effect.flatMap(options.init, (resource) => {
      link.started()
      return run(resource)
    })
    return new WorkerProcess(link, this.shutdown, Effect.scoped(life))
  },
  retire: () => undefined
})

class WorkerProcess implements Process, Mortal {
  private readonly link: Link
  private readonly shutdownLimit: Shutdown
  private readonly fiber: Fiber.Fiber<unknown, unknown>
  private asked: ExitReason | undefined = undefined
  private limit: Timer | undefined = undefined
  private isEnded = false

  constructor(link: Link, shutdownLimit: Shutdown, life: Effect.Effect<unknown, unknown>) {
    this.link = link
    this.shutdownLimit = shutdownLimit
    link.node.incarnation++
    link.node.process = this
    this.fiber = link.node.runtime.fork(life)
    this.fiber.addObserver((exit) => this.ended(exit))
  }

  shutdown(reason: ExitReason): void {
    this.asked ??= reason
    this.fiber.interruptUnsafe()
  }

  kill(reason: ExitReason): void {
    if (this.isEnded) return
    this.link.node.telemetry.abandoned++
    this.isEnded = true
    this.link.node.runtime.abandonFiber(this.fiber)
    this.finish(reason)
  }

  crash(reason: ExitReason): void {
    this.shutdown(reason)
    const limit = shutdownMillis(this.shutdownLimit)
    if (this.isEnded || limit === undefined) return
    this.limit = this.link.node.runtime.timers.after(limit, () => this.kill(reason))
  }

  private ended(exit: Exit.Exit<unknown, unknown>): void {
    if (this.isEnded) return
    const isClean = Exit.isSuccess(exit) || (this.asked !== undefined && Cause.hasInterruptsOnly(exit.cause))
    this.finish(isClean ? (this.asked ?? normal) : crashed(exit.cause))
  }

  private finish(reason: ExitReason): void {
    this.isEnded = true
    this.limit?.cancel()
    this.link.exited(reason)
  }
}
