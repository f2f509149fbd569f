import { expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { spawn } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"
import * as FileLease from "../src/FileLease.ts"
import * as FileOutboxStore from "../src/FileOutboxStore.ts"
import { OutboxStore } from "../src/OutboxStore.ts"
import { userOf } from "./MemoryServer.ts"
import { describeOutboxStore, entry, lobby, textsOf } from "./outboxStoreContract.ts"
import type { OpenTab } from "./outboxStoreContract.ts"

const server = "https://chat.example.org"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "outbox-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Processes of people with that folder. */
const tabsIn =
  (path: string): OpenTab =>
  (person) =>
    Effect.map(Layer.build(FileOutboxStore.layer(path, { server, account: userOf(person).id })), (context) =>
      Context.get(context, OutboxStore)
    )

describeOutboxStore("files", Effect.map(folder, tabsIn))

describe("the outbox in files", () => {
  it.live("is for its owner alone to read, in whole files and nothing besides", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const store = yield* tabsIn(path)("ada")
      yield* store.put(entry("hello"))
      yield* store.put({ ...entry("hello"), text: "hello again" })
      yield* store.setDraft(lobby, "unfinished")
      yield* store.lease("me", 0, 100)
      const files = globSync("**/*", { cwd: path, withFileTypes: true }).filter((each) => each.isFile())
      expect(files).toHaveLength(3)
      for (const file of files) expect(statSync(join(file.parentPath, file.name)).mode & 0o077).toBe(0)
    })
  )

  it.live("says where a message lies that it cannot read, and leaves it there", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const store = yield* tabsIn(path)("ada")
      yield* store.put(entry("spoilt"))
      yield* store.put(entry("whole"))
      const spoilt = globSync("**/*.json", { cwd: path })
        .map((name) => join(path, name))
        .find((file) => readFileSync(file, "utf8").includes('"spoilt"'))
      if (spoilt === undefined) throw new Error("There is no file")
      writeFileSync(spoilt, "\0\0\0\0")
      const said: Array<unknown> = []
      const log = Logger.make(({ message }) => void said.push(message))
      yield* Effect.gen(function* () {
        expect(yield* textsOf(store)).toEqual(["whole"])
        expect(yield* textsOf(store)).toEqual(["whole"])
      }).pipe(Effect.provide(Logger.layer([log])))
      expect(said).toHaveLength(1)
      expect(String(said[0])).toContain(spoilt)
      expect(readFileSync(spoilt, "utf8")).toBe("\0\0\0\0")
    })
  )

  it.live("takes away what a process left that was killed while it wrote, and nothing that is being written", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* Effect.flatMap(tabsIn(path)("ada"), (store) => store.put(entry("whole")))
      const [file = ""] = globSync("**/*.json", { cwd: path })
      const [old, fresh] = [join(path, file, "../.old"), join(path, file, "../.fresh")]
      for (const each of [old, fresh]) writeFileSync(each, "half")
      utimesSync(old, new Date(0), new Date(0))
      expect(yield* Effect.flatMap(tabsIn(path)("ada"), textsOf)).toEqual(["whole"])
      expect([existsSync(old), existsSync(fresh)]).toEqual([false, true])
    })
  )

  it.live("keeps the order when the clock is set back", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const first = yield* tabsIn(path)("ada")
      yield* first.put(entry("from tomorrow"))
      const [file] = globSync("**/*.json", { cwd: path })
      if (file === undefined) throw new Error("There is no file")
      const text = readFileSync(join(path, file), "utf8")
      writeFileSync(join(path, file), text.replace(/"order":\d+/, `"order":${(Date.now() + 86_400_000) * 1_000}`))
      const second = yield* tabsIn(path)("ada")
      yield* second.entries
      yield* second.put(entry("from today"))
      expect(yield* textsOf(first)).toEqual(["from tomorrow", "from today"])
    })
  )

  it.live("holds all that was put before its process was killed, and nothing in halves", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const put = yield* Effect.promise(() => putUntilKilled(path))
      const store = yield* tabsIn(path)("ada")
      const texts = yield* textsOf(store)
      expect(put).toBeGreaterThan(0)
      expect(texts.slice(0, put)).toEqual(Array.from({ length: put }, (_, index) => `message ${index}`))
      // One more may have been put in place before it could be said.
      expect(texts.length - put).toBeLessThanOrEqual(1)
    })
  )
})

describe("the right to send, in files", () => {
  it.live("is one process's at a time, however many ask, round after round", () =>
    Effect.gen(function* () {
      const path = yield* folder
      for (let round = 0; round < 20; round++) {
        const now = round * 100
        const answers = yield* Effect.promise(() =>
          Promise.all(
            Array.from({ length: 8 }, (_, index) => FileLease.lease(path, `${round} ${index}`, now, now + 100))
          )
        )
        expect(answers.filter((isTaken) => isTaken).length).toBe(1)
      }
      expect(globSync("*", { cwd: path }).length).toBe(1)
    })
  )

  it.live("is not both its holder's, who renews it late, and another's", () =>
    Effect.gen(function* () {
      const path = yield* folder
      for (let round = 0; round < 20; round++) {
        const now = round * 100
        yield* Effect.promise(() => FileLease.lease(path, "holder", now, now + 50))
        const answers = yield* Effect.promise(() =>
          Promise.all([
            FileLease.lease(path, "holder", now + 60, now + 100),
            FileLease.lease(path, "other", now + 60, now + 100)
          ])
        )
        expect(answers.filter((isTaken) => isTaken).length).toBeLessThanOrEqual(1)
        yield* Effect.promise(() => FileLease.release(path, "other"))
      }
    })
  )
})

/** Has a process of its own put messages until it is killed in the midst of it; answers how many it had said were put. */
const putUntilKilled = (path: string) =>
  new Promise<number>((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "putting.ts"), path, server], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString()
      if (said.length > 50) child.kill("SIGKILL")
    })
    child.on("close", () => resolve(said.length))
  })
