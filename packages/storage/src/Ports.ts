// Every port over one database.
import { Layer } from "effect"
import { Accounts } from "./Accounts.ts"
import type { Database } from "./Database.ts"
import { MessageLog } from "./MessageLog.ts"
import { ReadMarkers } from "./ReadMarkers.ts"
import { Rooms } from "./Rooms.ts"
import { Sessions } from "./Sessions.ts"

/** What the rest of the server may ask of a database. */
export type Ports = MessageLog | Rooms | Accounts | Sessions | ReadMarkers

export const layer: Layer.Layer<Ports, never, Database> = Layer.mergeAll(
  MessageLog.layer,
  Rooms.layer,
  Accounts.layer,
  Sessions.layer,
  ReadMarkers.layer
)
