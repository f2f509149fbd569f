/**
 * A supervisor whose children come and go: they have no order, each is started, stopped and restarted for itself, and at the end all
 * are stopped at once (the manual says so of `simple_one_for_one`). The usual child is `temporary`, often a small supervisor with a
 * restart intensity of its own: what it cannot mend is reported and ends there; it never escalates to its siblings.
 */
import { Effect } from "effect"
import { type AlreadyStarted, ChildNotFound, type StartFailed, SupervisorStopped } from "./ChildError.ts"
import type { ChildSpec, Options } from "./ChildSpec.ts"
import type { ExitReason } from "./ExitReason.ts"
import { DynamicProcess } from "./internal/DynamicProcess.ts"
import type { TreeNode } from "./internal/TreeNode.ts"
import type { RestartIntensity } from "./RestartIntensity.ts"

export interface DynamicSupervisorOptions extends Options {
  /** What metrics call it. Default `supervisor`. */
  readonly kind?: string
  /** For its permanent and transient children; temporary ones spend nothing. Default one restart in 5 seconds. */
  readonly intensity?: RestartIntensity
  /** Told when a child is gone for good, for whatever reason, in the same step in which it leaves. */
  readonly onChildDown?: (id: string, reason: ExitReason) => void
}

/** A dynamic supervisor: make it, put its child specification under another supervisor, start children. */
export interface DynamicSupervisor {
  readonly childSpec: ChildSpec
  /** Starts a child and waits until its start is through; whoever is interrupted meanwhile has started it nevertheless. */
  startChild(spec: ChildSpec): Effect.Effect<void, AlreadyStarted | StartFailed | SupervisorStopped>
  /** Stops a child, within its time, and forgets it, whether the caller waits for it or not. */
  terminateChild(id: string): Effect.Effect<void, ChildNotFound>
  /** Waits until there is no child with this id. */
  awaitGone(id: string): Effect.Effect<void>
  /** The ids of those that are there, in the order they were started. */
  readonly whichChildren: Effect.Effect<ReadonlyArray<string>>
  /** Its place in the tree, once it was started. Not for others. */
  readonly node: () => TreeNode | undefined
}

/** Makes a dynamic supervisor; it runs when the supervisor above starts it. */
export const make = (options: DynamicSupervisorOptions): DynamicSupervisor => {
  let process: DynamicProcess | undefined
  const stopped = new SupervisorStopped({ id: options.id })
  return {
    childSpec: {
      id: options.id,
      kind: options.kind ?? "supervisor",
      type: "supervisor",
      restart: options.restart ?? "permanent",
      shutdown: options.shutdown ?? "infinity",
      isSignificant: options.isSignificant ?? false,
      strategy: "dynamic",
      start: (link) => (process = new DynamicProcess(options, link)),
      retire: () => undefined
    },
    startChild: (spec) => Effect.suspend(() => process?.startChild(spec) ?? Effect.fail(stopped)),
    terminateChild: (id) => Effect.suspend(() => process?.terminateChild(id) ?? Effect.fail(new ChildNotFound({ id }))),
    awaitGone: (id) => Effect.suspend(() => process?.awaitGone(id) ?? Effect.void),
    whichChildren: Effect.sync(() => process?.ids ?? []),
    node: () => process?.link.node
  }
}
