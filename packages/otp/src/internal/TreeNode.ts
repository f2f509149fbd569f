/** One place in the supervision tree. It outlives the incarnations of its child; its path is worked out when asked for, not kept. */
import type { ChildType, Restart } from "../ChildSpec.ts"
import { describe, type ExitReason } from "../ExitReason.ts"
import type { KindTelemetry } from "../Telemetry.ts"
import type { Down } from "../Monitor.ts"
import { Linked, LinkedList } from "./LinkedList.ts"
import { Monitors } from "./Monitors.ts"
import type { Runtime } from "./Runtime.ts"

/** `waiting`: a start failed for lack of something outside and is tried again; `restarting`: a supervisor holds it back for a while. */
export type Status = "starting" | "running" | "waiting" | "restarting" | "stopping" | "stopped" | "quarantined"

/** What an actor shows of itself when asked. Times in milliseconds. */
export interface Probe {
  readonly mailboxDepth: number
  readonly oldestSentAt: number | undefined
  readonly handled: number
  readonly receiveMillis: number
}

export interface NodeDescription {
  readonly id: string
  readonly kind: string
  readonly type: ChildType
  /** Of a supervisor; for drawings. */
  readonly strategy?: string
  readonly restart?: Restart
}

/** What an operator may do to an incarnation. */
export interface Mortal {
  /** Ends it as a crash. */
  crash(reason: ExitReason): void
}

export class TreeNode extends Linked<TreeNode> {
  readonly runtime: Runtime
  readonly parent: TreeNode | undefined
  readonly described: NodeDescription
  readonly telemetry: KindTelemetry
  /** Linked, not mapped: most supervisors have one child, and who has thousands looks one up by id only for an operator. */
  children: LinkedList<TreeNode> | undefined = undefined
  status: Status = "stopped"
  since: number
  incarnation = 0
  restarts = 0
  lastFailure: { readonly at: number; readonly reason: string } | undefined = undefined
  probe: Probe | undefined = undefined
  /** The present incarnation, while there is one. */
  process: Mortal | undefined = undefined
  private monitors: Monitors | undefined = undefined
  /** It is no part of the tree any more. */
  private isGone = false

  constructor(runtime: Runtime, parent: TreeNode | undefined, described: NodeDescription) {
    super()
    this.runtime = runtime
    this.parent = parent
    this.described = described
    this.telemetry = runtime.telemetry.of(described.kind)
    this.since = runtime.wallMillis()
  }

  get path(): string {
    const id = encodeId(this.described.id)
    return this.parent === undefined ? id : `${this.parent.path}/${id}`
  }

  get isLive(): boolean {
    return this.status === "running" || this.status === "starting" || this.status === "stopping"
  }

  child(id: string): TreeNode | undefined {
    for (let node = this.children?.first; node !== undefined; node = node.next) {
      if (node.described.id === id) return node
    }
    return undefined
  }

  addChild(described: NodeDescription): TreeNode {
    const node = new TreeNode(this.runtime, this, described)
    this.children ??= new LinkedList()
    this.children.append(node)
    this.runtime.changes.changed(node)
    return node
  }

  /** Takes the node and all below it out of the tree. */
  remove(): void {
    if (this.list?.remove(this) === true) this.removed()
  }

  /** It and all below it, parents first. */
  forEach(visit: (node: TreeNode) => void): void {
    visit(this)
    for (let child = this.children?.first; child !== undefined; child = child.next) child.forEach(visit)
  }

  private removed(): void {
    for (let child = this.children?.first; child !== undefined; child = child.next) child.removed()
    this.setStatus("stopped")
    this.isGone = true
    this.runtime.changes.removed(this)
  }

  setStatus(status: Status): void {
    if (this.status === status) return
    const wasLive = this.isLive
    const wasQuarantined = this.status === "quarantined"
    this.status = status
    this.since = this.runtime.wallMillis()
    if (wasLive !== this.isLive) this.telemetry.live += wasLive ? -1 : 1
    if (wasQuarantined !== (status === "quarantined")) this.telemetry.quarantined += wasQuarantined ? -1 : 1
    this.changed()
  }

  failed(reason: string): void {
    this.lastFailure = { at: this.runtime.wallMillis(), reason }
    this.changed()
  }

  restarted(): void {
    this.restarts++
    this.telemetry.restarts++
    this.changed()
  }

  /** The end of an incarnation: counted, and remembered when it is a failure. */
  ended(reason: ExitReason): void {
    this.telemetry.ended(reason)
    this.process = undefined
    if (reason._tag !== "Normal" && reason._tag !== "Shutdown") this.failed(describe(reason))
    this.setStatus("stopped")
    this.monitors?.tell(this.runtime, { path: this.path, incarnation: this.incarnation, reason })
  }

  private changed(): void {
    if (!this.isGone) this.runtime.changes.changed(this)
  }

  monitor(onDown: (down: Down) => void): () => void {
    this.monitors ??= new Monitors()
    return this.monitors.add(onDown)
  }
}

/** Ids are joined with `/`, so a `/` of their own is encoded. */
const encodeId = (id: string): string => id.replaceAll("%", "%25").replaceAll("/", "%2F")

/** The ids of a path, from the root. */
export const idsOf = (path: string): ReadonlyArray<string> =>
  path.split("/").map((id) => id.replaceAll("%2F", "/").replaceAll("%25", "%"))
