import * as Memory from "@messenger/storage/Memory"
import { layer } from "@effect/vitest"
import { accountsContract } from "./accountsContract.ts"
import { removalContract } from "./removalContract.ts"
import { sessionsContract } from "./sessionsContract.ts"
import { membershipsContract } from "./membershipsContract.ts"
import { linksContract } from "./linksContract.ts"
import { auditContract } from "./auditContract.ts"
import { deliveriesContract } from "./deliveriesContract.ts"
import { webhooksContract } from "./webhooksContract.ts"
import { ownersContract } from "./ownersContract.ts"
import { historyContract } from "./historyContract.ts"
import { logContract } from "./logContract.ts"
import { peopleContract } from "./peopleContract.ts"

layer(Memory.layer)("in memory", (it) => {
  logContract(it)
  historyContract(it)
  peopleContract(it)
  accountsContract(it)
  removalContract(it)
  sessionsContract(it)
  membershipsContract(it)
  linksContract(it)
  auditContract(it)
  webhooksContract(it)
  deliveriesContract(it)
})

ownersContract("in memory", Memory.layer)
