// Who asks: decided at the upgrade, said by `Handshake`, and checked before every other request.
import { Sessions } from "@messenger/chat/Sessions"
import {
  Authentication,
  contractVersion,
  HandshakeRpcs,
  Principal,
  Unauthenticated,
  UpgradeRequired
} from "@messenger/protocol/Handshake"
import { Forbidden, may, Needs } from "@messenger/protocol/Rights"
import { type Cause, Clock, Context, Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { RpcConnections } from "./RpcConnections.ts"

/**
 * Lets a request pass as the person of its connection, when the connection has been greeted and the person has the right that the call
 * names. A call that names none is a bug, and answers nobody.
 */
export const authenticationLayer = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const connections = yield* RpcConnections
    const sessions = yield* Sessions
    return Authentication.of((effect, { client, rpc }) => {
      const connection = connections.get(client.id)?.connection
      if (connection === undefined) return Effect.interrupt
      const { principal } = connection
      if (principal === undefined) return Effect.fail(new Unauthenticated())
      if (!connection.isGreeted) return Effect.fail(new UpgradeRequired({ serverContract: contractVersion }))
      const needs = Context.get(rpc.annotations, Needs)
      if (needs === undefined) return Effect.die(new Error(`the call ${rpc._tag} names no right`))
      sessions.used(principal)
      if (!may(needs, principal)) return Effect.fail(new Forbidden({ needs }))
      return Effect.catchCause(Effect.provideService(effect, Principal, principal), (cause) => {
        const refusal = cause.reasons.find(isForbidden)
        return refusal === undefined ? Effect.failCause(cause) : Effect.fail(refusal.defect)
      })
    })
  })
)

/**
 * Asks chat as the person of the request. What chat forbids is handed over to the middleware as a defect, since it is the middleware
 * that declares `Forbidden` for every call.
 */
export const asAsker = <Answer, Failure, Needs>(
  ask: (asker: Principal["Service"]) => Effect.Effect<Answer, Failure | Forbidden, Needs>
): Effect.Effect<Answer, Failure, Needs | Principal> =>
  Principal.pipe(
    Effect.flatMap(ask),
    Effect.catch((error) => (error instanceof Forbidden ? Effect.die(error) : Effect.fail(error)))
  )

const isForbidden = (reason: Cause.Reason<unknown>): reason is Cause.Die & { readonly defect: Forbidden } =>
  reason._tag === "Die" && reason.defect instanceof Forbidden

/** Answers `Handshake`. */
export const handshakeLayer = HandshakeRpcs.toLayer(
  Effect.gen(function* () {
    const connections = yield* RpcConnections
    const node = randomUUID()
    return {
      Handshake: Effect.fnUntraced(function* ({ contract }, { client }) {
        const connection = connections.get(client.id)?.connection
        if (connection === undefined) return yield* Effect.interrupt
        if (contract !== contractVersion) return yield* new UpgradeRequired({ serverContract: contractVersion })
        if (connection.principal === undefined) return yield* new Unauthenticated()
        connection.isGreeted = true
        return { contract: contractVersion, user: connection.principal.user, now: yield* Clock.currentTimeMillis, node }
      })
    }
  })
)
