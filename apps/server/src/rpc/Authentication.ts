// Who asks: decided at the upgrade, said by `Handshake`, and checked before every other request.
import {
  Authentication,
  contractVersion,
  HandshakeRpcs,
  Principal,
  Unauthenticated,
  UpgradeRequired
} from "@messenger/protocol/Handshake"
import { Clock, Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { Connections } from "./Connections.ts"

/** Lets a request pass when its connection has been greeted, as the person of that connection. */
export const authenticationLayer = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const connections = yield* Connections
    return Authentication.of((effect, { client }) => {
      const connection = connections.get(client.id)
      if (connection === undefined) return Effect.interrupt
      if (connection.principal === undefined) return Effect.fail(new Unauthenticated())
      if (!connection.isGreeted) return Effect.fail(new UpgradeRequired({ serverContract: contractVersion }))
      return Effect.provideService(effect, Principal, connection.principal)
    })
  })
)

/** Answers `Handshake`. */
export const handshakeLayer = HandshakeRpcs.toLayer(
  Effect.gen(function* () {
    const connections = yield* Connections
    const node = randomUUID()
    return {
      Handshake: Effect.fnUntraced(function* ({ contract }, { client }) {
        const connection = connections.get(client.id)
        if (connection === undefined) return yield* Effect.interrupt
        if (contract !== contractVersion) return yield* new UpgradeRequired({ serverContract: contractVersion })
        if (connection.principal === undefined) return yield* new Unauthenticated()
        connection.isGreeted = true
        return { contract: contractVersion, user: connection.principal.user, now: yield* Clock.currentTimeMillis, node }
      })
    }
  })
)
