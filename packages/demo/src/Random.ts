// Chance that can be had again: the same seed draws the same numbers on every machine.

/** A source of draws. It is the only chance in this package, so a seed and a time make one history. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 up to but not including 1. The generator is mulberry32: 2^32 draws, far more than a history takes. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from `least` to `most`, both among them. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** Whether something happens that happens this often, from 0 (never) to 1 (always). */
  chance(share: number): boolean {
    return this.next() < share
  }

  /** One of them; there is at least one. */
  pick<Value>(values: ReadonlyArray<Value>): Value {
    const picked = values[Math.floor(this.next() * values.length)]
    if (picked === undefined) throw new Error("nothing to pick from")
    return picked
  }

  /** All of them in another order. */
  shuffled<Value>(values: ReadonlyArray<Value>): Array<Value> {
    return values
      .map((value) => ({ value, place: this.next() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ value }) => value)
  }

  /** About `middle`: mostly within a factor of two of it, now and then far more. */
  around(middle: number): number {
    const bell = this.next() + this.next() + this.next() - 1.5
    return middle * Math.exp(bell * 1.1)
  }
}
