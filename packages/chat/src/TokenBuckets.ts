// Rate limits: one bucket per key, refilled with time. Pure but for its own table; the clock is an argument. The table is
// bounded: the key not asked about for the longest is forgotten first, which can only be generous to it.
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Clock, Effect } from "effect"

/** A burst of `capacity`, then `perMinute` a minute. */
export interface Limit {
  readonly capacity: number
  readonly perMinute: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Buckets of one limit. */
export class TokenBuckets<Key> {
  private readonly buckets = new Map<Key, Bucket>()
  private readonly limit: Limit
  private readonly maxKeys: number

  constructor(limit: Limit, maxKeys = 20_000) {
    this.limit = limit
    this.maxKeys = maxKeys
  }

  /** Takes one token and answers 0, or answers in how many milliseconds there will be one. `now` in milliseconds. */
  take(key: Key, now: number): number {
    const { capacity, perMinute } = this.limit
    const known = this.buckets.get(key)
    const tokens =
      known === undefined ? capacity : Math.min(capacity, known.tokens + ((now - known.at) * perMinute) / 60_000)
    if (known !== undefined) this.buckets.delete(key)
    const isGranted = tokens >= 1
    this.buckets.set(key, { tokens: isGranted ? tokens - 1 : tokens, at: now })
    if (this.buckets.size > this.maxKeys) {
      const oldest = this.buckets.keys().next()
      if (oldest.done !== true) this.buckets.delete(oldest.value)
    }
    return isGranted ? 0 : Math.ceil(((1 - tokens) * 60_000) / perMinute)
  }

  /** Gives back a token that was taken for nothing. */
  giveBack(key: Key): void {
    const known = this.buckets.get(key)
    if (known !== undefined) known.tokens = Math.min(this.limit.capacity, known.tokens + 1)
  }
}

/** Takes one token of `key`, or fails with when there will be one; answers the time, in UTC milliseconds. */
export const take = <Key>(buckets: TokenBuckets<Key>, key: Key): Effect.Effect<number, RateLimited> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const retryAfterMillis = buckets.take(key, now)
    return retryAfterMillis > 0 ? Effect.fail(new RateLimited({ retryAfterMillis })) : Effect.succeed(now)
  })
