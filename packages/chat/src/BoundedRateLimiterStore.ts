// The memory of rate limits for one server, bounded. Effect's own memory store keeps every key it ever saw, and whoever logs in
// with invented names makes keys.
//
// What is forgotten first is what says least: a bucket that is full again says nothing, and one that is nearly full little. So
// a flood of new keys, each used once, drives out its own kind and never the emptied bucket of an account under attack. (To
// forget the oldest would let that flood wipe the slate; to fold keys into a fixed number of slots would let it shut out everybody.)
import { Clock, Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"

interface Bucket {
  tokens: number
  /** When the current refill interval began, in UTC milliseconds. */
  refilledAt: number
  /** When it says nothing any more, if nobody takes from it, in UTC milliseconds. */
  fullAt: number
}

/** What one step asks of a bucket. */
export interface Taking {
  readonly key: string
  /** How many to take; a negative number gives back. */
  readonly tokens: number
  readonly limit: number
  readonly refillMillis: number
  readonly allowOverflow: boolean
}

/** How many of the longest unseen buckets are looked at for each new one: enough that the table shrinks faster than it grows. */
const looksPerNewKey = 8

/** At most `maxKeys` token buckets. The clock is an argument. */
export class BoundedBuckets {
  private readonly buckets = new Map<string, Bucket>()
  private readonly maxKeys: number

  constructor(maxKeys: number) {
    this.maxKeys = maxKeys
  }

  /** How many buckets it remembers. */
  get size(): number {
    return this.buckets.size
  }

  /** As `tokenBucket` of `RateLimiterStore`: what is left, negative when there was not enough, and the age of the refill interval. */
  take({ key, tokens, limit, refillMillis, allowOverflow }: Taking, now: number): readonly [number, number] {
    const bucket = this.buckets.get(key) ?? this.newBucket(key, limit, now)
    const intervals = Math.floor((now - bucket.refilledAt) / refillMillis)
    if (intervals > 0) {
      bucket.tokens = Math.min(limit, bucket.tokens + intervals)
      bucket.refilledAt += intervals * refillMillis
    }
    if (bucket.tokens >= limit) bucket.refilledAt = now
    const left = bucket.tokens - tokens
    // No bucket holds more than its limit, however much is given back.
    if (left >= 0 || allowOverflow) bucket.tokens = Math.min(limit, left)
    bucket.fullAt = bucket.refilledAt + Math.ceil(limit - bucket.tokens) * refillMillis
    return [left, Math.max(0, now - bucket.refilledAt)]
  }

  private newBucket(key: string, limit: number, now: number): Bucket {
    this.makeRoom(now)
    const bucket = { tokens: limit, refilledAt: now, fullAt: now }
    this.buckets.set(key, bucket)
    return bucket
  }

  /** Looks at the first few in turn, forgets those that are full, and when that is not enough the one that will be soonest. */
  private makeRoom(now: number): void {
    let soonest: string | undefined
    let soonestFullAt = Infinity
    for (const [key, bucket] of Array.from(this.buckets.entries().take(looksPerNewKey))) {
      this.buckets.delete(key)
      if (bucket.fullAt <= now) continue
      this.buckets.set(key, bucket)
      if (bucket.fullAt >= soonestFullAt) continue
      soonest = key
      soonestFullAt = bucket.fullAt
    }
    if (this.buckets.size >= this.maxKeys && soonest !== undefined) this.buckets.delete(soonest)
  }
}

/**
 * A `RateLimiterStore` in memory whose token buckets are at most `maxKeys` (about 200 bytes each). Its other algorithms are
 * those of Effect's store, unbounded: nothing here uses them.
 */
export const layer = (options: { readonly maxKeys: number }): Layer.Layer<RateLimiter.RateLimiterStore> =>
  Layer.effect(
    RateLimiter.RateLimiterStore,
    Effect.gen(function* () {
      const unbounded = yield* RateLimiter.RateLimiterStore
      const buckets = new BoundedBuckets(options.maxKeys)
      return RateLimiter.RateLimiterStore.of({
        ...unbounded,
        tokenBucket: ({ refillRate, ...taking }) =>
          Effect.map(Clock.currentTimeMillis, (now) =>
            buckets.take({ ...taking, refillMillis: Duration.toMillis(refillRate) }, now)
          )
      })
    })
  ).pipe(Layer.provide(RateLimiter.layerStoreMemory))
