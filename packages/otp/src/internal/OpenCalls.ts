/** The calls that an incarnation has taken and not answered, in this turn or an earlier one: they end with it. */
import { LinkedList } from "./LinkedList.ts"
import type { OpenCall } from "./Reply.ts"

/** What a turn takes: perhaps a call. */
interface Taken<Failure> {
  readonly call: OpenCall<Failure> | undefined
}

export class OpenCalls<Failure> {
  private taken: ReadonlyArray<Taken<Failure>> = none
  /** Of earlier turns. Most actors never keep a call over a turn, and have no list. */
  private kept: LinkedList<OpenCall<Failure>> | undefined = undefined

  get isEmpty(): boolean {
    return this.kept === undefined || this.kept.size === 0
  }

  turnBegins(taken: ReadonlyArray<Taken<Failure>>): void {
    this.taken = taken
  }

  turnEnds(): void {
    for (const { call } of this.taken) {
      if (call?.isOpen !== true) continue
      this.kept ??= new LinkedList()
      this.kept.append(call)
    }
    this.taken = none
  }

  abort(failure: () => Failure): void {
    this.turnEnds()
    for (let call = this.kept?.first; call !== undefined; call = this.kept?.first) {
      this.kept?.remove(call)
      call.abort(failure())
    }
  }
}

const none: ReadonlyArray<never> = []
