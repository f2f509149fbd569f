// Every port over one database.
import { Layer } from "effect"
import { Accounts } from "./Accounts.ts"
import { ApiTokens } from "./ApiTokens.ts"
import { AuditLog } from "./AuditLog.ts"
import { Credentials } from "./Credentials.ts"
import type { Database } from "./Database.ts"
import { Invites } from "./Invites.ts"
import { Memberships } from "./Memberships.ts"
import { LogPages, MessageLog } from "./MessageLog.ts"
import { OneTimeLinks } from "./OneTimeLinks.ts"
import { ReadMarkers } from "./ReadMarkers.ts"
import { Rooms } from "./Rooms.ts"
import { Sessions } from "./Sessions.ts"
import { Webhooks } from "./Webhooks.ts"

/** What a program beside the server may ask of its database: everything but to write to the log, which only the server does. */
export type PortsBeside =
  | LogPages
  | Rooms
  | Memberships
  | Accounts
  | Credentials
  | Sessions
  | Invites
  | OneTimeLinks
  | ApiTokens
  | AuditLog
  | ReadMarkers
  | Webhooks

/** What the server may ask of a database. */
export type Ports = MessageLog | PortsBeside

export const layerBeside: Layer.Layer<PortsBeside, never, Database> = Layer.mergeAll(
  LogPages.layer,
  Rooms.layer,
  Memberships.layer,
  Accounts.layer,
  Credentials.layer,
  Sessions.layer,
  Invites.layer,
  OneTimeLinks.layer,
  ApiTokens.layer,
  AuditLog.layer,
  ReadMarkers.layer,
  Webhooks.layer
)

export const layer: Layer.Layer<Ports, never, Database> = Layer.merge(MessageLog.layer, layerBeside)
