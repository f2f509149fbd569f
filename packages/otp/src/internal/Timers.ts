/**
 * Deadlines by the thousand for the price of one sleeping fiber per length of time: calls, passivation and quarantine use few
 * different lengths, so a list per length is in order of its deadlines by itself, and setting or cancelling one is a constant.
 */
import { Duration, Effect, type Clock } from "effect"
import { Linked, LinkedList } from "./LinkedList.ts"

/** One deadline. */
export class Timer extends Linked<Timer> {
  readonly lane: Lane
  readonly fire: () => void
  deadline: number

  constructor(lane: Lane, fire: () => void, deadline: number) {
    super()
    this.lane = lane
    this.fire = fire
    this.deadline = deadline
  }

  cancel(): void {
    this.list?.remove(this)
  }
}

interface Lane {
  readonly millis: number
  readonly timers: LinkedList<Timer>
  isSleeping: boolean
}

/** All deadlines of one tree. */
export class Timers {
  private readonly lanes = new Map<number, Lane>()
  private readonly clock: Clock.Clock
  private readonly now: () => number
  private readonly fork: (effect: Effect.Effect<void>) => void
  private readonly callBack: (fire: () => void) => void

  /** `callBack` must not throw: the deadlines of one lane share a fiber. */
  constructor(
    clock: Clock.Clock,
    now: () => number,
    fork: (effect: Effect.Effect<void>) => void,
    callBack: (fire: () => void) => void
  ) {
    this.clock = clock
    this.now = now
    this.fork = fork
    this.callBack = callBack
  }

  /** Calls `fire` once after so many milliseconds, from a fiber of the tree. */
  after(millis: number, fire: () => void): Timer {
    const lane = this.lane(millis)
    const timer = new Timer(lane, fire, this.now() + millis)
    this.arm(timer)
    return timer
  }

  /** Starts the time of a timer anew, whether it still runs or not. */
  restart(timer: Timer): void {
    timer.cancel()
    timer.deadline = this.now() + timer.lane.millis
    this.arm(timer)
  }

  private lane(millis: number): Lane {
    const known = this.lanes.get(millis)
    if (known !== undefined) return known
    const lane: Lane = { millis, timers: new LinkedList(), isSleeping: false }
    this.lanes.set(millis, lane)
    return lane
  }

  private arm(timer: Timer): void {
    const lane = timer.lane
    lane.timers.append(timer)
    if (lane.isSleeping) return
    lane.isSleeping = true
    this.lanes.set(lane.millis, lane)
    this.fork(this.sleepThrough(lane))
  }

  private readonly sleepThrough = Effect.fnUntraced({ self: this }, function* (this: Timers, lane: Lane) {
    for (let first = lane.timers.first; first !== undefined; first = lane.timers.first) {
      const left = first.deadline - this.now()
      if (left > 0) {
        yield* this.clock.sleep(Duration.millis(left))
      } else {
        first.cancel()
        this.callBack(first.fire)
      }
    }
    lane.isSleeping = false
    this.lanes.delete(lane.millis)
  })
}
