/** One call on its way: the caller's side of it, and the right to answer it that the actor holds. */
import { Exit } from "effect"
import type { ReplyTo } from "../Behaviour.ts"
import { Linked } from "./LinkedList.ts"
import type { Timer } from "./Timers.ts"

/** A call that was taken and not answered, as its actor keeps it. */
export abstract class OpenCall<Failure> extends Linked<OpenCall<Failure>> {
  abstract readonly isOpen: boolean
  /** Answers with a failure of the actor, not of the command. */
  abstract abort(failure: Failure): void
}

/** Decides when a caller that was answered goes on: never in the middle of a turn. */
export interface Deliverer {
  deliver(answered: Answered): void
}

/** A caller that can go on. */
export interface Answered {
  resume(): void
}

export class Reply<A, E, Failure> extends OpenCall<Failure> implements ReplyTo<A, E>, Answered {
  /** The answer; once it is there, nothing can change it. */
  exit: Exit.Exit<A, E | Failure> | undefined = undefined
  /** Set while the caller's fiber is parked. */
  private parked: ((exit: Exit.Exit<A, E | Failure>) => void) | undefined = undefined
  private timer: Timer | undefined = undefined
  private readonly deliverer: Deliverer

  constructor(deliverer: Deliverer) {
    super()
    this.deliverer = deliverer
  }

  get isOpen(): boolean {
    return this.exit === undefined
  }

  succeed(answer: A): void {
    this.settle(Exit.succeed(answer))
  }

  fail(error: E): void {
    this.settle(Exit.fail(error))
  }

  done(exit: Exit.Exit<A, E>): void {
    this.settle(exit)
  }

  abort(failure: Failure): void {
    this.settle(Exit.fail(failure))
  }

  /** The caller waits from here on. */
  park(parked: (exit: Exit.Exit<A, E | Failure>) => void, timer: Timer | undefined): void {
    this.parked = parked
    this.timer = timer
  }

  /** The caller has gone. */
  abandon(): void {
    this.parked = undefined
    this.settle(Exit.interrupt())
  }

  resume(): void {
    const { exit, parked } = this
    this.parked = undefined
    if (exit !== undefined) parked?.(exit)
  }

  private settle(exit: Exit.Exit<A, E | Failure>): void {
    if (this.exit !== undefined) return
    this.exit = exit
    this.list?.remove(this)
    this.timer?.cancel()
    if (this.parked !== undefined) this.deliverer.deliver(this)
  }
}
