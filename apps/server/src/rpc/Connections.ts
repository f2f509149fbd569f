// All open connections of this server, counted by address and person.
import { Context, Effect, Latch, Layer } from "effect"
import { ServerConfig } from "../ServerConfig.ts"
import { GatewayCounts } from "../GatewayCounts.ts"
import type { Connection, Peer } from "./Connection.ts"

/** Why one more connection is refused. */
export type Refusal = "TooManyForAddress" | "TooManyForUser" | "Draining"

export class Connections extends Context.Service<
  Connections,
  {
    /** Whether one more connection of that peer may be opened; says nothing about the next moment. */
    readonly refusal: (peer: Peer) => Refusal | undefined
    /** Adds a connection; it leaves by `remove`. */
    readonly add: (connection: Connection) => void
    readonly remove: (connection: Connection) => void
    readonly get: (id: number) => Connection | undefined
    /** The next id; never used twice. */
    readonly nextId: () => number
    /** Ids of all open connections. */
    readonly ids: () => ReadonlySet<number>
    /** Refuses new connections from now on. */
    readonly refuseNew: () => void
    /** Waits until there is none. */
    readonly empty: Effect.Effect<void>
    /** Closes all with this code. */
    readonly closeAll: (code: number, reason: string) => void
    /** All open connections; may be closed while it is walked. */
    readonly all: () => Iterable<Connection>
  }
>()("@messenger/server/rpc/Connections") {
  static readonly layer = Layer.effect(
    Connections,
    Effect.gen(function* () {
      const { socketsPerAddress, socketsPerUser } = yield* ServerConfig
      const counts = yield* GatewayCounts
      const open = new Map<number, Connection>()
      const ids = new Set<number>()
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
        add: (connection) => {
          open.set(connection.id, connection)
          none.closeUnsafe()
          ids.add(connection.id)
          tally(connection.peer, 1)
          counts.connections++
        },
        remove: (connection) => {
          if (!open.delete(connection.id)) return
          ids.delete(connection.id)
          tally(connection.peer, -1)
          counts.connections--
          if (open.size === 0) none.openUnsafe()
        },
        get: (id) => open.get(id),
        nextId: () => ++lastId,
        ids: () => ids,
        refuseNew: () => {
          isDraining = true
        },
        empty: none.await,
        closeAll: (code, reason) => {
          for (const connection of open.values()) connection.close(code, reason)
        },
        all: () => open.values()
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
