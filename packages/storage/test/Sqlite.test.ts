import * as Ports from "@messenger/storage/Ports"
import * as Sqlite from "@messenger/storage/Sqlite"
import { layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { historyContract } from "./historyContract.ts"
import { logContract } from "./logContract.ts"
import { peopleContract } from "./peopleContract.ts"

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "messenger-sqlite-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const fresh = Layer.unwrap(
  Effect.map(temporaryFolder, (dataDir) => Ports.layer.pipe(Layer.provideMerge(Sqlite.layerDatabase({ dataDir }))))
)

layer(fresh)("on SQLite", (it) => {
  logContract(it)
  historyContract(it)
  peopleContract(it)
})
