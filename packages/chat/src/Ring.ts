// The last changes of a room, encoded, so that who was away for a moment is served without a read. Bounded by count and
// bytes; what falls out is read from the log.

interface Slot {
  readonly number: number
  readonly json: string
}

/** Holds every change with a number past `floor`. */
export class Ring {
  private slots: Array<Slot> = []
  private bytes = 0
  private lowest: number
  private highest: number
  private readonly maxBytes: number
  private readonly maxCount: number

  /** Empty at `head`. `maxBytes` counts UTF-16 code units of JSON. */
  constructor(head: number, maxBytes = 65_536, maxCount = 512) {
    this.lowest = head
    this.highest = head
    this.maxBytes = maxBytes
    this.maxCount = maxCount
  }

  /** Adds the next change. */
  add(number: number, json: string): void {
    this.slots.push({ number, json })
    this.highest = number
    this.bytes += json.length
    let drop = 0
    while (this.slots.length - drop > this.maxCount || (this.bytes > this.maxBytes && drop < this.slots.length)) {
      const dropped = this.slots[drop]
      if (dropped === undefined) break
      this.bytes -= dropped.json.length
      this.lowest = dropped.number
      drop++
    }
    if (drop > 0) this.slots = this.slots.slice(drop)
  }

  /** The changes past `number`, in order; `undefined` when some of them are no longer held. */
  after(number: number): ReadonlyArray<string> | undefined {
    if (number < this.lowest) return undefined
    return this.slots.filter((slot) => slot.number > number).map((slot) => slot.json)
  }

  /** Forgets everything: what was added is read from the log from here on. */
  clear(): void {
    this.slots = []
    this.bytes = 0
    this.lowest = this.highest
  }
}
