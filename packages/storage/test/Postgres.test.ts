import * as Ports from "@messenger/storage/Ports"
import * as Postgres from "@messenger/storage/Postgres"
import { inject, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { createDatabase } from "../../../tests/postgres.ts"
import { historyContract } from "./historyContract.ts"
import { logContract } from "./logContract.ts"
import { peopleContract } from "./peopleContract.ts"

const fresh = Layer.unwrap(
  Effect.promise(async () => {
    const url = Redacted.make(await createDatabase(inject("pgSocketDir"), `contract_${randomUUID().slice(0, 8)}`))
    return Ports.layer.pipe(Layer.provideMerge(Postgres.layerDatabase({ url })))
  })
)

layer(fresh)("on PostgreSQL", (it) => {
  logContract(it)
  historyContract(it)
  peopleContract(it)
})
