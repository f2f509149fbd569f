/**
 * A supervisor with children in an order, after Erlang's `supervisor`: it starts them first to last, each when the one before has
 * started, stops them last to first, and answers a failure by its strategy. It never runs code of its own, so it does not fail;
 * when children fail more often than its restart intensity allows, it stops them all and leaves the failure to the supervisor above.
 */
import { Cause, Deferred, type Duration, Effect, Schema, type Scope } from "effect"
import type { ChildSpec, Options } from "./ChildSpec.ts"
import { describe, type ExitReason, shutdown, toCause } from "./ExitReason.ts"
import { Child } from "./internal/Child.ts"
import { SupervisorProcess } from "./internal/SupervisorProcess.ts"
import { TreeNode } from "./internal/TreeNode.ts"
import type { Monitorable } from "./Monitor.ts"
import type { RestartIntensity } from "./RestartIntensity.ts"
import type { Strategy } from "./Strategy.ts"
import { SupervisionTree } from "./SupervisionTree.ts"

/** Holds restarts back: `initial` before the first within the window of the restart intensity, doubling up to `max`, half of it by chance. */
export interface Backoff {
  readonly initial: Duration.Input
  readonly max: Duration.Input
}

/** A supervisor, as data. */
export interface SupervisorOptions extends Options {
  /** What metrics call it. Default `supervisor`. */
  readonly kind?: string
  /** Default `one_for_one`. */
  readonly strategy?: Strategy
  /** Default one restart in 5 seconds. */
  readonly intensity?: RestartIntensity
  /** Erlang has none, and neither is there one by default: a restart is immediate. */
  readonly backoff?: Backoff
  /** Whether the orderly end of its significant children ends the supervisor too, with `shutdown`. Default `never`. */
  readonly autoShutdown?: "never" | "any_significant" | "all_significant"
  /** In start order. */
  readonly children: ReadonlyArray<ChildSpec>
}

/** The root ended although nobody asked it to: the last cause, for the process to end with. */
export class SupervisorFailed extends Schema.TaggedError<SupervisorFailed>()("SupervisorFailed", {
  path: Schema.String,
  reason: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.path} failed: ${this.reason}`
  }
}

/** A root that runs. */
export interface Supervisor extends Monitorable {
  /** Waits for the end of the root, for whatever reason. */
  readonly awaitExit: Effect.Effect<ExitReason>
  /** Fails when a failure has escalated past the root; an orderly end leaves it waiting. */
  readonly awaitFailure: Effect.Effect<never, SupervisorFailed>
}

/** The child specification of a supervisor under another one. It has all the time it needs to stop. */
export const childSpec = (options: SupervisorOptions): ChildSpec => ({
  id: options.id,
  kind: options.kind ?? "supervisor",
  type: "supervisor",
  restart: options.restart ?? "permanent",
  shutdown: options.shutdown ?? "infinity",
  isSignificant: options.isSignificant ?? false,
  strategy: options.strategy ?? "one_for_one",
  start: (link) => new SupervisorProcess(options, options.children, link),
  retire: (reason) => options.children.forEach((child) => child.retire(reason))
})

/** Starts a root and everything below it. It is stopped, last child first, when the scope closes, or that of the tree. */
export const start = Effect.fnUntraced(function* (
  options: SupervisorOptions
): Effect.fn.Return<Supervisor, SupervisorFailed, SupervisionTree | Scope.Scope> {
  const { runtime } = yield* SupervisionTree
  const ended = yield* Deferred.make<ExitReason>()
  const spec = childSpec(options)
  const { id, kind, strategy, type } = spec
  const node = new TreeNode(runtime, undefined, { id, kind, type, ...(strategy === undefined ? {} : { strategy }) })
  runtime.roots.set(id, node)
  const childEnded = (_: Child, reason: ExitReason) => {
    spec.retire(reason)
    Deferred.doneUnsafe(ended, Effect.succeed(reason))
  }
  const root = new Child(spec, node, { childEnded })
  const stop = Effect.map(root.stop(closed), () => {
    spec.retire(closed)
    Deferred.doneUnsafe(ended, Effect.succeed(closed))
    runtime.rootStops.delete(stop)
    if (runtime.roots.get(id) === node) runtime.roots.delete(id)
  })
  runtime.rootStops.add(stop)
  yield* Effect.addFinalizer(() => stop)
  const started = yield* root.start
  if (started._tag === "Failed") return yield* failure(node.path, started.reason)
  const awaitExit = Deferred.await(ended)
  return {
    awaitExit,
    awaitFailure: Effect.flatMap(awaitExit, (reason) =>
      reason._tag === "Shutdown" || reason._tag === "Normal" ? Effect.never : failure(node.path, reason)
    ),
    monitor: (onDown) => node.monitor(onDown)
  }
})

/** A whole program: starts the root and runs until a failure escalates past it, or until it is interrupted and has stopped. */
export const run = (options: SupervisorOptions): Effect.Effect<never, SupervisorFailed, SupervisionTree> =>
  Effect.scoped(Effect.flatMap(start(options), ({ awaitFailure }) => awaitFailure))

const closed = shutdown("the root is closed")

const failure = (path: string, reason: ExitReason): SupervisorFailed =>
  new SupervisorFailed({ path, reason: describe(reason), cause: Cause.squash(toCause(reason)) })
