// A rate limit with a burst: `capacity` at once, and as many again spread over `refillMillis`. Pure arithmetic over the caller's
// clock; an idle bucket costs nothing.

/** How many are allowed, and in what time they come back. */
export interface Rate {
  readonly capacity: number
  readonly refillMillis: number
}

/** One bucket of one limited thing. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, nowMillis: number) {
    this.#rate = rate
    this.#tokens = rate.capacity
    this.#at = nowMillis
  }

  /** Takes one token: 0 when it was there, else the milliseconds until the next one is. */
  take(nowMillis: number): number {
    const perMilli = this.#rate.capacity / this.#rate.refillMillis
    this.#tokens = Math.min(this.#rate.capacity, this.#tokens + Math.max(0, nowMillis - this.#at) * perMilli)
    this.#at = nowMillis
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / perMilli)
    this.#tokens -= 1
    return 0
  }
}
