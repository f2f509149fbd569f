import { outline, SupervisionTree } from "@messenger/otp/SupervisionTree"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Logger } from "effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as RootSupervisor from "../src/RootSupervisor.ts"
import { ServerConfig } from "../src/ServerConfig.ts"
import * as Topology from "../src/Topology.ts"

const dataDir = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "messenger-tree-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

/** The outline of a whole server that runs. */
const liveOutline = Effect.gen(function* () {
  const folder = yield* dataDir
  const ready = yield* Deferred.make<void>()
  return yield* Effect.gen(function* () {
    const tree = yield* SupervisionTree
    yield* Effect.forkScoped(RootSupervisor.run(() => Deferred.succeed(ready, undefined)))
    yield* Deferred.await(ready)
    return outline(yield* tree.snapshot())
  }).pipe(
    Effect.provide(
      Topology.single(folder).pipe(
        Layer.provideMerge(Layer.mergeAll(ServerConfig.layer({ PORT: "0", DATA_DIR: folder }), Logger.layer([])))
      )
    )
  )
})

describe("the supervision tree", () => {
  it.live("is the one that the README draws", () =>
    Effect.gen(function* () {
      const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8")
      const drawn = /```tree\n([\s\S]*?)\n```/.exec(readme)?.[1]
      expect(yield* liveOutline).toBe(drawn)
    })
  )
})
