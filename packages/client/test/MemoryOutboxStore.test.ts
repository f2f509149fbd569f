import { Effect } from "effect"
import { memoryDevice } from "../src/OutboxStore.ts"
import type { OutboxStore } from "../src/OutboxStore.ts"
import { describeOutboxStore } from "./outboxStoreContract.ts"

describeOutboxStore(
  "memory",
  Effect.sync(() => {
    const people = new Map<string, () => OutboxStore["Service"]>()
    return (person) =>
      Effect.sync(() => {
        const tab = people.get(person) ?? memoryDevice()
        people.set(person, tab)
        return tab()
      })
  })
)
