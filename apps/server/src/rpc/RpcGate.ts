// Who may speak RPC: whoever holds a token or a session, and strangers too, to be told that they must log in.
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { Effect, Option } from "effect"
import type { Peer } from "../connections/Peer.ts"
import * as Origin from "../edge/Origin.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { Authenticator } from "../tokens/Authenticator.ts"
import * as Credential from "../tokens/Credential.ts"
import { type Admission, type Gate, refuse } from "../UpgradeGate.ts"
import { WebSocketProtocol } from "./WebSocketProtocol.ts"

/** The gate at `/rpc`. */
export const make = Effect.gen(function* () {
  const authenticator = yield* Authenticator
  const { publicUrl } = yield* ServerConfig
  const rpc = yield* WebSocketProtocol
  const admitted = (peer: Peer): Admission => ({
    _tag: "Admitted",
    peer,
    accept: (webSocket, socket) => rpc.accept(webSocket, socket, peer)
  })
  const gate: Gate = {
    path: "/rpc",
    subprotocol: Credential.subprotocol,
    admit: Effect.fnUntraced(function* (request, caller) {
      const address = caller.limitKey
      const credential = Credential.ofUpgrade(request, Origin.isSecure(caller, publicUrl))
      if (Option.isNone(credential)) return admitted({ address, holder: undefined })
      const holder = yield* authenticator.holderOf(credential.value)
      if (Option.isSome(holder)) return admitted({ address, holder: holder.value })
      return credential.value._tag === "Bearer" ? unknownBearer : admitted({ address, holder: undefined })
    })
  }
  return gate
})

// Not so for a cookie: a browser cannot see why it was refused, so it is let in to be told. Whoever sends a token can.
const unknownBearer = refuse(new Unauthenticated(), "The token is not known here, was revoked, or has run out.")
