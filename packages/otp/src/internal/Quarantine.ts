/** Keys whose actors could not be kept alive: for how long each is refused, shown in the tree while it is. */
import { Duration } from "effect"
import { Quarantined } from "../ActorError.ts"
import { describe, type ExitReason } from "../ExitReason.ts"
import type { QuarantineOptions } from "../Registry.ts"
import { growingMillis } from "./growingMillis.ts"
import type { Runtime } from "./Runtime.ts"
import type { Timer } from "./Timers.ts"
import type { TreeNode } from "./TreeNode.ts"

interface Entry {
  strikes: number
  /** Refused until then, in monotonic milliseconds; after it, only remembered. */
  until: number
  reason: string
  node: TreeNode | undefined
  timer: Timer | undefined
}

export class Quarantine {
  private readonly runtime: Runtime
  private readonly options: QuarantineOptions
  private readonly entries = new Map<string, Entry>()

  constructor(runtime: Runtime, options: QuarantineOptions) {
    this.runtime = runtime
    this.options = options
  }

  /** The refusal, if this key is quarantined now. */
  of(key: string): Quarantined | undefined {
    const entry = this.entries.get(key)
    return entry === undefined ? undefined : this.refusal(key, entry)
  }

  get all(): ReadonlyArray<Quarantined> {
    return [...this.entries].flatMap(([key, entry]) => this.refusal(key, entry) ?? [])
  }

  /** Once more, for twice as long as the last time; `parent` is where it shows in the tree. */
  add(key: string, kind: string, reason: ExitReason, parent: TreeNode | undefined): void {
    const entry = this.entries.get(key) ?? { strikes: 0, until: 0, reason: "", node: undefined, timer: undefined }
    const millis = growingMillis(this.options, entry.strikes)
    entry.timer?.cancel()
    entry.strikes++
    entry.reason = describe(reason)
    entry.until = this.runtime.now() + millis
    entry.node?.remove()
    entry.node = parent?.addChild({ id: key, kind, type: "supervisor", restart: "temporary" })
    entry.node?.failed(entry.reason)
    entry.node?.setStatus("quarantined")
    entry.timer = this.runtime.timers.after(millis, () => this.release(key, entry))
    this.entries.set(key, entry)
  }

  private release(key: string, entry: Entry): void {
    entry.node?.remove()
    entry.node = undefined
    entry.timer = this.runtime.timers.after(Duration.toMillis(this.options.max), () => this.entries.delete(key))
  }

  private refusal(key: string, entry: Entry): Quarantined | undefined {
    const left = entry.until - this.runtime.now()
    if (left <= 0) return undefined
    return new Quarantined({ key, retryAfterMillis: Math.ceil(left), reason: entry.reason })
  }
}
