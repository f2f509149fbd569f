// The open connections that speak RPC, by the number that the RPC server knows them by.
import { Context, Effect, Layer } from "effect"
import type { RpcConnection } from "./RpcConnection.ts"

export class RpcConnections extends Context.Service<
  RpcConnections,
  {
    readonly add: (connection: RpcConnection) => void
    readonly remove: (connection: RpcConnection) => void
    readonly get: (id: number) => RpcConnection | undefined
    /** Ids of all that are open. */
    readonly ids: () => ReadonlySet<number>
    /** Closes all with this code. */
    readonly closeAll: (code: number, reason: string) => void
  }
>()("@messenger/server/rpc/RpcConnections") {
  static readonly layer = Layer.effect(
    RpcConnections,
    Effect.sync(() => {
      const open = new Map<number, RpcConnection>()
      const ids = new Set<number>()
      return RpcConnections.of({
        add: (each) => {
          open.set(each.connection.id, each)
          ids.add(each.connection.id)
        },
        remove: ({ connection }) => {
          open.delete(connection.id)
          ids.delete(connection.id)
        },
        get: (id) => open.get(id),
        ids: () => ids,
        closeAll: (code, reason) => {
          for (const { connection } of open.values()) connection.close(code, reason)
        }
      })
    })
  )
}
