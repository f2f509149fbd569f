// The first question of everything that those who run a server ask: may they, and do they not do too much of it.
import type { UserId } from "@messenger/protocol/Account"
import type { Forbidden, Right } from "@messenger/protocol/Rights"
import type { RateLimited } from "@messenger/protocol/Unavailable"
import { Effect } from "effect"
import { Access } from "./Access.ts"
import { ChatLimits } from "./ChatLimits.ts"
import type { Asker } from "./Rooms.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"

/** Refuses who lacks the right, or uses it too often. */
export type Admit = (asker: Asker, right: Right) => Effect.Effect<void, Forbidden | RateLimited>

/** One rate for all of administration. */
export const make = Effect.gen(function* () {
  const access = yield* Access
  const buckets = new TokenBuckets<UserId>((yield* ChatLimits).administration)
  const admit: Admit = (asker, right) =>
    Effect.asVoid(Effect.andThen(access.onServer(asker, right), take(buckets, asker.user.id)))
  return admit
})
