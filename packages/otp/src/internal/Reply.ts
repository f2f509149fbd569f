/** One call on its way: the caller's side of it, and the right to answer it that the actor holds. */
import { Exit } from "effect"
import type { ReplyTo } from "../Behaviour.ts"
import { Linked } from "./LinkedList.ts"
import type { Timer } from "./Timers.ts"

/** A call that was taken and not answered, as its actor keeps it: who ends with the incarnation. */
export abstract class OpenCall<Failure> extends Linked<OpenCall<Failure>> {
  abstract readonly isOpen: boolean
  /** Answers with a failure of the actor, not of the command. */
  abstract abort(failure: Failure): void
}

export class Reply<A, E, Failure> extends OpenCall<Failure> implements ReplyTo<A, E> {
  /** The answer; once it is there, nothing can change it. */
  exit: Exit.Exit<A, E | Failure> | undefined = undefined
  /** Set while the caller's fiber is parked. */
  private resume: ((exit: Exit.Exit<A, E | Failure>) => void) | undefined = undefined
  private timer: Timer | undefined = undefined
  private readonly deliver: (delivery: () => void) => void

  /** `deliver` decides when the caller goes on: never in the middle of a turn. */
  constructor(deliver: (delivery: () => void) => void) {
    super()
    this.deliver = deliver
  }

  get isOpen(): boolean {
    return this.exit === undefined
  }

  succeed(answer: A): void {
    this.done(Exit.succeed(answer))
  }

  fail(error: E): void {
    this.done(Exit.fail(error))
  }

  done(exit: Exit.Exit<A, E>): void {
    this.settle(exit)
  }

  abort(failure: Failure): void {
    this.settle(Exit.fail(failure))
  }

  /** Parks the caller until there is an answer. */
  park(resume: (exit: Exit.Exit<A, E | Failure>) => void, timer: Timer | undefined): void {
    this.resume = resume
    this.timer = timer
  }

  /** The caller has gone. */
  abandon(): void {
    this.resume = undefined
    this.settle(Exit.interrupt())
  }

  private settle(exit: Exit.Exit<A, E | Failure>): void {
    if (this.exit !== undefined) return
    this.exit = exit
    this.list?.remove(this)
    this.timer?.cancel()
    const resume = this.resume
    if (resume === undefined) return
    this.resume = undefined
    this.deliver(() => resume(exit))
  }
}
