// Times of many deliveries in little memory: buckets that grow with the value, each at most 1.6 % wide, so that recording one costs
// a few nanoseconds and histograms of several processes can be added.

const subBuckets = 64
const subBucketBits = 6
const highestBit = 30
const size = (highestBit - subBucketBits + 2) * subBuckets

/** Counts times in whole microseconds, up to 2^31. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(size)

  /** Counts one; what is below zero (clocks that disagree) counts as zero. */
  record(micros: number): void {
    const index = indexOf(Math.min(2 ** 31 - 1, Math.max(0, Math.trunc(micros))))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  /** Adds what another one counted, as `counts` gave it. */
  add(counts: ReadonlyArray<number>): void {
    counts.forEach((count, index) => {
      this.#counts[index] = (this.#counts[index] ?? 0) + count
    })
  }

  /** All that was counted, to send elsewhere. */
  get counts(): ReadonlyArray<number> {
    return [...this.#counts]
  }

  /** How many were counted. */
  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** The time, in microseconds, below which that share of the counted lies; 0 when nothing was counted. */
  quantile(share: number): number {
    const wanted = Math.ceil(this.total * share)
    let passed = 0
    for (let index = 0; index < size; index++) {
      passed += this.#counts[index] ?? 0
      if (passed >= wanted && passed > 0) return lowestOf(index)
    }
    return 0
  }
}

const indexOf = (micros: number): number => {
  if (micros < subBuckets) return micros
  const bit = 31 - Math.clz32(micros)
  return (bit - subBucketBits + 1) * subBuckets + ((micros >>> (bit - subBucketBits)) & (subBuckets - 1))
}

const lowestOf = (index: number): number => {
  if (index < subBuckets) return index
  const bit = Math.floor(index / subBuckets) + subBucketBits - 1
  return (subBuckets + (index % subBuckets)) * 2 ** (bit - subBucketBits)
}
