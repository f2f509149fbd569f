/**
 * The tree as data: everything that runs for longer than a request has a place in it. This service is what all members of one tree
 * share; make it once, provide it to whatever starts the root supervisor, and to whoever watches.
 */
import { Context, Effect, Layer, Schema, type Scope, Stream } from "effect"
import { killed } from "./ExitReason.ts"
import type { Reader } from "./internal/Changes.ts"
import { Runtime } from "./internal/Runtime.ts"
import { idsOf, type TreeNode } from "./internal/TreeNode.ts"
import { type Down, watch } from "./Monitor.ts"
import type { KindTelemetry } from "./Telemetry.ts"

/**
 * `waiting`: a start failed for lack of something outside and will be tried again. `restarting`: the supervisor holds a restart back
 * for a while. `quarantined`: the registry refuses look-ups of this key for a while.
 */
export const Status = Schema.Literals([
  "starting",
  "running",
  "waiting",
  "restarting",
  "stopping",
  "stopped",
  "quarantined"
])
export type Status = typeof Status.Type

/** The mailbox of an actor, at the moment of asking. */
export const MailboxEntry = Schema.Struct({
  depth: Schema.Int,
  /** How long the oldest command has waited. */
  oldestAgeMillis: Schema.Finite,
  /** Commands handled by all incarnations. */
  handled: Schema.Int,
  /** Time in `receive`, of all incarnations. */
  receiveMillis: Schema.Finite
})
export type MailboxEntry = typeof MailboxEntry.Type

/** One member of the tree. */
export const TreeEntry = Schema.Struct({
  /** Ids from the root joined with `/`; a `/` or `%` in an id is percent-encoded. */
  path: Schema.String,
  kind: Schema.String,
  type: Schema.Literals(["actor", "supervisor", "worker"]),
  /** The strategy of a supervisor; `dynamic` when its children come and go. */
  strategy: Schema.NullOr(Schema.String),
  restart: Schema.NullOr(Schema.Literals(["permanent", "transient", "temporary"])),
  status: Status,
  /** Since when it has this status: milliseconds since 1970. */
  sinceMillis: Schema.Finite,
  /** Counts from 1; 0 before the first start. */
  incarnation: Schema.Int,
  restarts: Schema.Int,
  lastFailure: Schema.NullOr(Schema.Struct({ atMillis: Schema.Finite, reason: Schema.String })),
  /** For actors. */
  mailbox: Schema.NullOr(MailboxEntry)
})
export type TreeEntry = typeof TreeEntry.Type

/** All members, parents before their children, siblings in the order they were added. */
export const Snapshot = Schema.Struct({ atMillis: Schema.Finite, entries: Schema.Array(TreeEntry) })
export type Snapshot = typeof Snapshot.Type

/**
 * What a reader of `changes` gets: the whole tree at first, and again when it has fallen too far behind; then entries as they became
 * and paths that are gone. Mailbox figures alone change nothing: they are as of the moment an entry is sent.
 */
export const TreeChange = Schema.Union([
  Schema.TaggedStruct("Snapshot", { snapshot: Snapshot }),
  Schema.TaggedStruct("Changed", { entries: Schema.Array(TreeEntry), removed: Schema.Array(Schema.String) })
])
export type TreeChange = typeof TreeChange.Type

/** There is no member with this path, or it does not run. */
export class NotRunning extends Schema.TaggedError<NotRunning>()("NotRunning", { path: Schema.String }) {
  override get message(): string {
    return `nothing runs at ${this.path}`
  }
}

export class SupervisionTree extends Context.Service<
  SupervisionTree,
  {
    /** The whole tree, or the part below `under`, now. */
    snapshot(under?: string): Effect.Effect<Snapshot>
    /** One member, now. */
    entry(path: string): Effect.Effect<TreeEntry, NotRunning>
    /** The tree and then what changes in it. A slow reader gets the newest of each member, not every step in between. */
    readonly changes: Stream.Stream<TreeChange>
    /**
     * An operator's kill: a crash of the present incarnation, which its supervisor answers as any other. A supervisor that is killed
     * takes its children with it.
     */
    killChild(path: string): Effect.Effect<void, NotRunning>
    /** Watches whoever has this place, over its restarts; for supervisors and workers, which have no reference. */
    monitor(path: string, onDown: (down: Down) => void): Effect.Effect<void, NotRunning, Scope.Scope>
    /** The counts behind the metrics, by kind. */
    readonly telemetry: Effect.Effect<ReadonlyArray<KindTelemetry>>
    /** What the members share. Not for others. */
    readonly runtime: Runtime
  }
>()("@messenger/otp/SupervisionTree") {
  /** A tree of its own, in the clock, scheduler, loggers and metric registry of whoever builds the layer. */
  static readonly layer: Layer.Layer<SupervisionTree> = Layer.effect(
    SupervisionTree,
    Effect.gen(function* () {
      const context = yield* Effect.context()
      const runtime = new Runtime(context)
      yield* Effect.addFinalizer(() => runtime.close)
      return SupervisionTree.of({
        snapshot: (under) => Effect.sync(() => snapshotOf(runtime, under)),
        entry: (path) =>
          Effect.suspend(() => {
            const node = find(runtime, path)
            return node === undefined ? Effect.fail(new NotRunning({ path })) : Effect.succeed(toEntry(node))
          }),
        changes: changesOf(runtime),
        killChild: (path) =>
          Effect.suspend(() => {
            const process = find(runtime, path)?.process
            if (process === undefined) return Effect.fail(new NotRunning({ path }))
            process.crash(killed("by an operator"))
            return Effect.void
          }),
        monitor: (path, onDown) =>
          Effect.suspend(() => {
            const node = find(runtime, path)
            return node === undefined ? Effect.fail(new NotRunning({ path })) : watch(node, onDown)
          }),
        telemetry: Effect.sync(() => runtime.telemetry.all),
        runtime
      })
    })
  )
}

/**
 * The tree as indented text: one line per member with its strategy or type and how it is restarted. It holds nothing that changes from
 * run to run, so a drawing can be compared with it. Members that come and go with use (`temporary`) are left out unless asked for.
 */
export const outline = (snapshot: Snapshot, options?: { readonly isDynamicShown?: boolean }): string => {
  const hidden: Array<string> = []
  const lines: Array<string> = []
  for (const entry of snapshot.entries) {
    if (hidden.some((path) => entry.path.startsWith(`${path}/`))) continue
    if (entry.restart === "temporary" && options?.isDynamicShown !== true) {
      hidden.push(entry.path)
      continue
    }
    const parts = entry.path.split("/")
    const details = [entry.strategy ?? entry.type, ...(entry.restart === null ? [] : [entry.restart])]
    lines.push(`${"  ".repeat(parts.length - 1)}${parts.at(-1)} (${details.join(", ")})`)
  }
  return lines.join("\n")
}

const toEntry = (node: TreeNode): TreeEntry => ({
  path: node.path,
  kind: node.described.kind,
  type: node.described.type,
  strategy: node.described.strategy ?? null,
  restart: node.described.restart ?? null,
  status: node.status,
  sinceMillis: node.since,
  incarnation: node.incarnation,
  restarts: node.restarts,
  lastFailure:
    node.lastFailure === undefined ? null : { atMillis: node.lastFailure.at, reason: node.lastFailure.reason },
  mailbox: toMailbox(node)
})

const toMailbox = ({ probe, runtime }: TreeNode): MailboxEntry | null =>
  probe === undefined
    ? null
    : {
        depth: probe.mailboxDepth,
        oldestAgeMillis: probe.oldestSentAt === undefined ? 0 : runtime.now() - probe.oldestSentAt,
        handled: probe.handled,
        receiveMillis: probe.receiveMillis
      }

const snapshotOf = (runtime: Runtime, under?: string): Snapshot => {
  const entries: Array<TreeEntry> = []
  const top = under === undefined ? [...runtime.roots.values()] : [find(runtime, under)]
  for (const node of top) node?.forEach((member) => entries.push(toEntry(member)))
  return { atMillis: runtime.wallMillis(), entries }
}

const find = (runtime: Runtime, path: string): TreeNode | undefined => {
  const [root, ...rest] = idsOf(path)
  let node = root === undefined ? undefined : runtime.roots.get(root)
  for (const id of rest) node = node?.child(id)
  return node
}

const changesOf = (runtime: Runtime): Stream.Stream<TreeChange> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => runtime.changes.open()),
        (reader) => Effect.sync(() => runtime.changes.close(reader))
      ),
      (reader) => Stream.fromEffectRepeat(nextChange(runtime, reader))
    )
  )

const nextChange = (runtime: Runtime, reader: Reader): Effect.Effect<TreeChange> =>
  Effect.suspend(() => {
    if (!reader.hasNews) {
      // Woken in a moment: whoever changes something is in the middle of a step.
      const news = Effect.callback<void>((resume) => reader.onNews(() => runtime.defer(() => resume(Effect.void))))
      return Effect.flatMap(news, () => nextChange(runtime, reader))
    }
    if (reader.isBehind) {
      reader.forget()
      return Effect.succeed({ _tag: "Snapshot", snapshot: snapshotOf(runtime) })
    }
    const { changed, removed } = reader.take()
    return Effect.succeed({ _tag: "Changed", entries: changed.map(toEntry), removed })
  })
