// A server that does nothing but hold its database: run as a process of its own, to be killed.
import * as Postgres from "@messenger/storage/Postgres"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Console, Effect, Layer, Redacted } from "effect"

const [kind, place = ""] = process.argv.slice(2)
const database =
  kind === "sqlite"
    ? Sqlite.layerDatabase({ dataDir: place })
    : Postgres.layerDatabase({ url: Redacted.make(place), leaseExpiry: "1 second" })

Effect.runFork(Layer.launch(Layer.provideMerge(Layer.effectDiscard(Console.log("held")), database)))
