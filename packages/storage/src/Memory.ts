// All ports in memory, for tests that are about something else, and as the plainest statement of what the ports promise: the
// contract suite runs on it too. Nothing survives the process. It asks less of its callers than a database does in one thing: an
// author needs no account, and is called by their id then.
import { Effect, Layer } from "effect"
import { Accounts } from "./Accounts.ts"
import { ApiTokens } from "./ApiTokens.ts"
import { AuditLog } from "./AuditLog.ts"
import { Credentials } from "./Credentials.ts"
import { accounts } from "./internal/memory/accounts.ts"
import { apiTokens } from "./internal/memory/apiTokens.ts"
import { auditLog } from "./internal/memory/auditLog.ts"
import { credentials } from "./internal/memory/credentials.ts"
import { invites, oneTimeLinks } from "./internal/memory/links.ts"
import { memberships } from "./internal/memory/memberships.ts"
import { messageLog } from "./internal/memory/messageLog.ts"
import { readMarkers } from "./internal/memory/readMarkers.ts"
import { rooms } from "./internal/memory/rooms.ts"
import { sessions } from "./internal/memory/sessions.ts"
import { Tables } from "./internal/memory/Tables.ts"
import { webhookQueue } from "./internal/memory/webhookQueue.ts"
import { webhooksOfRooms } from "./internal/memory/webhooksOfRooms.ts"
import { Invites } from "./Invites.ts"
import { Memberships } from "./Memberships.ts"
import { LogPages, MessageLog } from "./MessageLog.ts"
import { OneTimeLinks } from "./OneTimeLinks.ts"
import { ReadMarkers } from "./ReadMarkers.ts"
import { Rooms } from "./Rooms.ts"
import { Sessions } from "./Sessions.ts"
import { Webhooks } from "./Webhooks.ts"

/** Every port over one database in memory. */
export const layer = Layer.unwrap(
  Effect.sync(() => {
    const tables = new Tables()
    const log = messageLog(tables)
    return Layer.mergeAll(
      Layer.succeed(MessageLog, log),
      Layer.succeed(LogPages, log),
      Layer.succeed(Rooms, rooms(tables)),
      Layer.succeed(Memberships, memberships(tables)),
      Layer.succeed(Accounts, accounts(tables)),
      Layer.succeed(Credentials, credentials(tables)),
      Layer.succeed(Sessions, sessions(tables)),
      Layer.succeed(Invites, invites(tables)),
      Layer.succeed(OneTimeLinks, oneTimeLinks(tables)),
      Layer.succeed(ApiTokens, apiTokens(tables)),
      Layer.succeed(AuditLog, auditLog(tables)),
      Layer.succeed(ReadMarkers, readMarkers(tables)),
      Layer.succeed(Webhooks, { ...webhooksOfRooms(tables), ...webhookQueue(tables) })
    )
  })
)
