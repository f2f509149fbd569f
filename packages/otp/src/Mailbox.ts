/**
 * A bounded queue that outlives the incarnations of its actor. Senders beyond the bound wait in a second queue, in order, and are
 * admitted as room is made; both can be left from anywhere, which is how an interrupted or timed-out call withdraws what was not
 * yet taken. The mailbox keeps order, bound and ages; it knows neither actors nor fibers.
 */
import { Linked, LinkedList } from "./internal/LinkedList.ts"

/** What waits in a mailbox. */
export abstract class Letter<Self extends Letter<Self>> extends Linked<Self> {
  /** When it was sent, in milliseconds of the monotonic clock: waiting outside the bound counts as waiting. */
  readonly sentAt: number

  constructor(sentAt: number) {
    super()
    this.sentAt = sentAt
  }

  /** Called once when a letter that waited outside the bound has got in. Must not run anybody else's code. */
  abstract admitted(): void
}

/** The mailbox of one actor. */
export class Mailbox<Item extends Letter<Item>> {
  /** How many letters may wait to be taken; at least 1. Senders that wait for room are not counted. */
  readonly capacity: number
  private readonly inside = new LinkedList<Item>()
  private readonly outside = new LinkedList<Item>()

  constructor(capacity: number) {
    this.capacity = Math.max(1, capacity)
  }

  /** Letters that can be taken. */
  get depth(): number {
    return this.inside.size
  }

  /** Senders that wait for room. */
  get waiting(): number {
    return this.outside.size
  }

  /** When the oldest letter was sent, in monotonic milliseconds. */
  get oldestSentAt(): number | undefined {
    return this.inside.first?.sentAt
  }

  /** Puts a letter in, or answers false when there is no room. Whoever waits for room comes first. */
  offer(letter: Item): boolean {
    if (this.inside.size >= this.capacity) return false
    this.inside.append(letter)
    return true
  }

  /** Lets the sender of a letter wait for room: it gets in, in order, as letters are taken or withdrawn. */
  offerLater(letter: Item): void {
    this.outside.append(letter)
    this.admit()
  }

  /** Takes up to `count` letters, oldest first, and admits those who waited for the room. */
  take(count: number): ReadonlyArray<Item> {
    const taken: Array<Item> = []
    while (taken.length < count) {
      const letter = this.inside.shift()
      if (letter === undefined) break
      taken.push(letter)
    }
    this.admit()
    return taken
  }

  /** Takes a letter back, wherever it waits; false when it was taken already. */
  withdraw(letter: Item): boolean {
    if (this.outside.remove(letter)) return true
    if (!this.inside.remove(letter)) return false
    this.admit()
    return true
  }

  /** Takes everything out that `matches`, of those inside and those who wait for room, oldest first. */
  withdrawWhere(matches: (letter: Item) => boolean): ReadonlyArray<Item> {
    const withdrawn: Array<Item> = []
    for (const list of [this.inside, this.outside]) {
      for (let letter = list.first; letter !== undefined;) {
        const next: Item | undefined = letter.next
        if (matches(letter)) {
          list.remove(letter)
          withdrawn.push(letter)
        }
        letter = next
      }
    }
    this.admit()
    return withdrawn
  }

  private admit(): void {
    while (this.inside.size < this.capacity) {
      const letter = this.outside.shift()
      if (letter === undefined) return
      this.inside.append(letter)
      letter.admitted()
    }
  }
}
