// Answers that stay open count as connections do, and are refused like those.
import { ServerUnavailable, TooManyConnections } from "@messenger/protocol/rest/HttpRefusal"
import type { Refusal } from "../connections/Connections.ts"

/** Why one more is refused. */
export const refusals: Record<Refusal, TooManyConnections | ServerUnavailable> = {
  TooManyForAddress: new TooManyConnections({ retryAfterMillis: 30_000 }),
  TooManyForUser: new TooManyConnections({ retryAfterMillis: 30_000 }),
  Draining: new ServerUnavailable({ retryAfterMillis: 5_000 })
}
