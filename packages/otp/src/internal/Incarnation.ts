/** One life of an actor: its number, its scope, and the token that makes everything it holds void at once. */
import { Duration, Scope, type Effect, type Exit } from "effect"
import type { Self } from "../Behaviour.ts"
import type { Runtime } from "./Runtime.ts"

/** What an incarnation needs of its actor. */
export interface Owner<Signal> {
  readonly path: string
  readonly runtime: Runtime
  signalled(signal: Signal, from: Incarnation<Signal>): void
  crashed(defect: unknown, from: Incarnation<Signal>): void
}

export class Incarnation<Signal> implements Self<Signal> {
  readonly incarnation: number
  readonly scope: Scope.Closeable = Scope.makeUnsafe()
  isLive = true
  private readonly owner: Owner<Signal>

  constructor(owner: Owner<Signal>, incarnation: number) {
    this.owner = owner
    this.incarnation = incarnation
  }

  get path(): string {
    return this.owner.path
  }

  signal(signal: Signal): void {
    if (this.isLive) this.owner.signalled(signal, this)
  }

  spawn<A, E>(work: Effect.Effect<A, E>, toSignal: (exit: Exit.Exit<A, E>) => Signal): void {
    if (!this.isLive) return
    this.owner.runtime.forkIn(work, this.scope).addObserver((exit) => {
      if (!this.isLive) return
      let signal: Signal
      try {
        signal = toSignal(exit)
      } catch (defect) {
        this.owner.crashed(defect, this)
        return
      }
      this.owner.signalled(signal, this)
    })
  }

  signalAfter(delay: Duration.Input, signal: Signal): () => void {
    if (!this.isLive) return nothing
    const timer = this.owner.runtime.timers.after(Duration.toMillis(delay), () => this.signal(signal))
    return () => timer.cancel()
  }
}

const nothing = () => undefined
