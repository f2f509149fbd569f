import * as Memory from "@messenger/storage/Memory"
import { layer } from "@effect/vitest"
import { historyContract } from "./historyContract.ts"
import { logContract } from "./logContract.ts"
import { peopleContract } from "./peopleContract.ts"

layer(Memory.layer)("in memory", (it) => {
  logContract(it)
  historyContract(it)
  peopleContract(it)
})
