// Chance that can be repeated: the same seed throws the same dice (mulberry32).

/** Throws dice from a seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 up to, not including, `sides`. */
  below(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides)
  }

  /** True in one of `times` cases. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of them. */
  pick<Choice extends {}>(choices: ReadonlyArray<Choice>): Choice {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new RangeError("there is nothing to pick from")
    return choice
  }

  /** Up to `most` bytes. */
  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)))
  }
}
