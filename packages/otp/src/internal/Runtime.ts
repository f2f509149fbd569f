/**
 * What all members of one tree share: the clock, the scheduler, the context their fibers run in, timers and counts. Every fiber
 * forked here belongs to the tree or to the scope of an incarnation: when that closes, it is interrupted and waited for. Only what a
 * brutal kill abandons belongs to nobody, as its definition wants it.
 */
import { Cause, Clock, Context, Effect, Fiber, identity, Random, Scheduler, type Scope, Tracer } from "effect"
import { Telemetry } from "../Telemetry.ts"
import { Changes } from "./Changes.ts"
import { Timers } from "./Timers.ts"
import type { TreeNode } from "./TreeNode.ts"

const maxNesting = 8

export class Runtime {
  readonly context: Context.Context<never>
  readonly telemetry: Telemetry
  readonly timers: Timers
  readonly changes = new Changes()
  readonly roots = new Map<string, TreeNode>()
  /** How each root that runs is stopped. */
  readonly rootStops = new Set<Effect.Effect<void>>()
  private isClosed = false
  /** How many steps run inside each other: callers run the turns of those they call, answers run the callers. */
  private nesting = 0
  private readonly clock: Clock.Clock
  private readonly random: { nextDoubleUnsafe(): number }
  private readonly dispatcher: Scheduler.SchedulerDispatcher
  private readonly fibers = new Set<Fiber.Fiber<unknown, unknown>>()
  private readonly run: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>

  constructor(context: Context.Context<never>) {
    // Whoever made the tree is not the parent of all that will ever run in it.
    this.context = Context.omit(Tracer.ParentSpan)(context)
    this.clock = Context.get(context, Clock.Clock)
    this.random = Context.get(context, Random.Random)
    this.dispatcher = Context.get(context, Scheduler.Scheduler).makeDispatcher()
    this.run = Effect.runForkWith(this.context)
    this.telemetry = new Telemetry(this.context)
    this.timers = new Timers(
      this.clock,
      () => this.now(),
      (effect) => this.fork(effect),
      (fire) => this.callBack(fire)
    )
  }

  /** Monotonic, in milliseconds with a fraction: for how long something takes. */
  now(): number {
    return Number(this.clock.monotonicTimeNanosUnsafe()) / 1_000_000
  }

  /** Wall clock in milliseconds since 1970: for when something was. */
  wallMillis(): number {
    return this.clock.currentTimeMillisUnsafe()
  }

  /** Between 0 and 1. */
  jitter(): number {
    return this.random.nextDoubleUnsafe()
  }

  /** Runs it until it first waits, then goes on beside the caller; it belongs to the tree. */
  fork<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    const fiber = this.run(effect)
    if (fiber.pollUnsafe() !== undefined) return fiber
    if (this.isClosed) fiber.interruptUnsafe()
    this.fibers.add(fiber)
    fiber.addObserver(() => this.fibers.delete(fiber))
    return fiber
  }

  /** As `fork`, but it belongs to this scope, of an incarnation. */
  forkIn<A, E>(effect: Effect.Effect<A, E>, scope: Scope.Scope): Fiber.Fiber<A, E> {
    return Fiber.runIn(this.run(effect), scope)
  }

  /** Runs what nobody waits for from here on, not even the end of the tree: the remains of what was killed. */
  abandon(remains: Effect.Effect<unknown, unknown>): void {
    this.run(remains)
  }

  /** Interrupts a fiber that nobody waits for from here on. */
  abandonFiber(fiber: Fiber.Fiber<unknown, unknown>): void {
    this.fibers.delete(fiber)
    fiber.interruptUnsafe()
  }

  /** The end of the tree: of its roots in order, if they still run, and then of whatever is left. */
  get close(): Effect.Effect<void> {
    const stopRoots = Effect.suspend(() => Effect.forEach(this.rootStops, identity, { discard: true }))
    const stopRest = Effect.suspend(() => {
      this.isClosed = true
      this.telemetry.close()
      return Fiber.interruptAll(this.fibers)
    })
    return Effect.andThen(stopRoots, stopRest)
  }

  /** Calls what others gave us, here and now. A defect of theirs is reported and does not reach who happened to call. */
  callBack(callback: () => void): void {
    try {
      callback()
    } catch (defect) {
      this.fork(Effect.logError("a callback died", Cause.die(defect)))
    }
  }

  /** Does it here and now, or in a moment when too much is going on inside each other already: the stack is finite. */
  step(task: () => void): void {
    if (this.nesting >= maxNesting) return this.defer(task)
    this.nesting++
    try {
      task()
    } finally {
      this.nesting--
    }
  }

  /** Does it in a moment, outside whatever runs now. */
  defer(task: () => void): void {
    this.dispatcher.scheduleTask(task, 0)
  }
}
