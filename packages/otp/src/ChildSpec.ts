/**
 * What a supervisor needs to know of a child, as plain data: the child specification of Erlang's `supervisor`, with the same words
 * and the same defaults (`permanent`, five seconds to stop, supervisors without a limit).
 */
import { Duration, Schema } from "effect"
import type { ExitReason } from "./ExitReason.ts"
import type { TreeNode } from "./internal/TreeNode.ts"

/**
 * When a child that ended is started again. `permanent`: always. `transient`: only after an abnormal end (any but `normal` and
 * `shutdown`). `temporary`: never, not even when a strategy stops it for the sake of a sibling; it leaves its supervisor with its end.
 */
export const Restart = Schema.Literals(["permanent", "transient", "temporary"])
export type Restart = typeof Restart.Type

/**
 * How long an orderly end may take before the child is killed: it is interrupted without being waited for. `brutal_kill` does not ask
 * at all. `infinity` waits, as one should for supervisors, so that their children get their own time.
 */
export type Shutdown = Duration.Input | "brutal_kill" | "infinity"

/** What a child is; `worker` is anything that is neither actor nor supervisor. */
export type ChildType = "actor" | "supervisor" | "worker"

/** What a child tells its supervisor. */
export interface Link {
  /** The place of the child in the tree. */
  readonly node: TreeNode
  /** Its start is through: the next sibling may start. Called at most once per incarnation. */
  started(): void
  /** It has ended, its `terminate` and finalizers included (unless it was killed). Called exactly once, started or not. */
  exited(reason: ExitReason): void
}

/** What a supervisor may do to a child that it started. */
export interface Process {
  /** Asks for an orderly end; the answer is `Link.exited`. */
  shutdown(reason: ExitReason): void
  /** Ends it now, waiting for nothing: `Link.exited` is called before this returns. */
  kill(reason: ExitReason): void
}

/** One child. Made by `Actor`, `Worker`, `Supervisor` and `DynamicSupervisor`. */
export interface ChildSpec {
  /** Unique among its siblings; a part of the path. */
  readonly id: string
  /** What metrics call it. */
  readonly kind: string
  readonly type: ChildType
  readonly restart: Restart
  readonly shutdown: Shutdown
  /** Whether its orderly end may end its supervisor too (`autoShutdown`). Only for transient and temporary children. */
  readonly isSignificant: boolean
  /** The strategy, when it is a supervisor; for drawings. */
  readonly strategy?: string
  /** Starts a new incarnation. It may call `Link` before it returns. */
  start(link: Link): Process
  /** It will not be started again: whoever waits for it is told so. May be called when it never ran, and more than once. */
  retire(reason: ExitReason): void
}

/** The parts of a specification that are given by whoever makes the child. */
export interface Options {
  readonly id: string
  /** Default `permanent`. */
  readonly restart?: Restart
  /** Default 5 seconds; `infinity` for supervisors. */
  readonly shutdown?: Shutdown
  /** Default false. */
  readonly isSignificant?: boolean
}

/** Milliseconds until a child is killed: 0 for `brutal_kill`, `undefined` for `infinity`. */
export const shutdownMillis = (shutdown: Shutdown): number | undefined => {
  if (shutdown === "brutal_kill") return 0
  if (shutdown === "infinity") return undefined
  const millis = Duration.toMillis(shutdown)
  return Number.isFinite(millis) ? millis : undefined
}

/** Whether Erlang's supervisor starts such a child again after such an end. */
export const isRestarted = (restart: Restart, isAbnormalEnd: boolean): boolean =>
  restart === "permanent" || (restart === "transient" && isAbnormalEnd)
