import "fake-indexeddb/auto"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { openDB } from "idb"
import { describe } from "vitest"
import * as IndexedDbOutboxStore from "../src/IndexedDbOutboxStore.ts"
import { OutboxStore } from "../src/OutboxStore.ts"
import { userOf } from "./MemoryServer.ts"
import { describeOutboxStore, entry, textsOf } from "./outboxStoreContract.ts"
import type { OpenTab } from "./outboxStoreContract.ts"

// Each test has a device of its own: its own server.
let devices = 0

/** Tabs of people on that server. */
const tabsOn =
  (server: string): OpenTab =>
  (person) =>
    Effect.map(Layer.build(IndexedDbOutboxStore.layer({ server, account: userOf(person).id })), (context) =>
      Context.get(context, OutboxStore)
    )

describeOutboxStore(
  "IndexedDB",
  Effect.sync(() => tabsOn(`http://server-${++devices}.test`))
)

describe("the outbox in IndexedDB", () => {
  it.live("leaves alone what a newer page wrote and this one cannot read", () =>
    Effect.gen(function* () {
      const store = yield* tabsOn("http://newer.test")("ada")
      yield* store.put(entry("readable"))
      yield* Effect.promise(async () => {
        const database = await openDB("messenger-outbox", 1)
        await database.put("entries", {
          owner: "http://newer.test ada",
          key: "from-tomorrow",
          entry: { voice: [1, 2] }
        })
        database.close()
      })
      expect(yield* textsOf(store)).toEqual(["readable"])
    })
  )
})
