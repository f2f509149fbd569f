// All that is open at this server, counted by address and person: WebSockets, and whatever else stays open as long as they do.
import { Context, Effect, Latch, Layer } from "effect"
import { ServerConfig } from "../ServerConfig.ts"
import { GatewayCounts } from "../GatewayCounts.ts"
import type { Limits } from "./Heartbeat.ts"
import type { Peer } from "./Peer.ts"

/** Why one more connection is refused. */
export type Refusal = "TooManyForAddress" | "TooManyForUser" | "Draining"

/** Something that stays open: a `Connection`, or an answer that streams. */
export interface Open {
  readonly peer: Peer
  /** Ends it, synchronously; a WebSocket says code and reason. */
  close(code: number, reason: string): void
  /** Takes nothing new, and closes when what was taken is answered; absent where nothing is ever asked. */
  retire?(code: number, reason: string): void
  /** Called by the heartbeat, each second; `now` in UTC milliseconds. Answers whether it goes on; a `Connection` is looked at there. */
  visit?(now: number, limits: Limits): boolean
}

export class Connections extends Context.Service<
  Connections,
  {
    /** Whether one more connection of that peer may be opened; says nothing about the next moment. */
    readonly refusal: (peer: Peer) => Refusal | undefined
    /** Counts it until `remove`. */
    readonly add: (open: Open) => void
    /** Counts it no longer; idempotent. */
    readonly remove: (open: Open) => void
    /** The next id of a connection, as `Sessions.open` wants it; never used twice. */
    readonly nextId: () => number
    /** Refuses new connections from now on. */
    readonly refuseNew: () => void
    /** Waits until there is none. */
    readonly empty: Effect.Effect<void>
    /** Retires all with this code. */
    readonly retireAll: (code: number, reason: string) => void
    /** Closes all with this code. */
    readonly closeAll: (code: number, reason: string) => void
    /** All that are open; may be closed while they are walked. */
    readonly all: () => Iterable<Open>
  }
>()("@messenger/server/connections/Connections") {
  static readonly layer = Layer.effect(
    Connections,
    Effect.gen(function* () {
      const { socketsPerAddress, socketsPerUser } = yield* ServerConfig
      const counts = yield* GatewayCounts
      const all = new Set<Open>()
      const byAddress = new Tally()
      const byUser = new Tally()
      const none = Latch.makeUnsafe(true)
      let lastId = 0
      let isDraining = false

      const tally = ({ address, holder }: Peer, change: number) => {
        byAddress.add(address, change)
        if (holder !== undefined) byUser.add(holder.authenticated.user.id, change)
      }
      const isOver = (limit: number, count: number) => limit > 0 && count >= limit

      return Connections.of({
        refusal: ({ address, holder }) => {
          if (isDraining) return "Draining"
          if (isOver(socketsPerAddress, byAddress.of(address))) return "TooManyForAddress"
          return holder !== undefined && isOver(socketsPerUser, byUser.of(holder.authenticated.user.id))
            ? "TooManyForUser"
            : undefined
        },
        add: (open) => {
          all.add(open)
          none.closeUnsafe()
          tally(open.peer, 1)
          counts.connections++
        },
        remove: (open) => {
          if (!all.delete(open)) return
          tally(open.peer, -1)
          counts.connections--
          if (all.size === 0) none.openUnsafe()
        },
        nextId: () => ++lastId,
        refuseNew: () => {
          isDraining = true
        },
        empty: none.await,
        retireAll: (code, reason) => {
          for (const open of all) {
            if (open.retire === undefined) open.close(code, reason)
            else open.retire(code, reason)
          }
        },
        closeAll: (code, reason) => {
          for (const open of all) open.close(code, reason)
        },
        all: () => all
      })
    })
  )
}

// How many there are of each key; a key with none takes no memory.
class Tally {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string, change: number): void {
    const count = this.of(key) + change
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }
}
