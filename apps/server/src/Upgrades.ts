// Every WebSocket of the server begins here: one listener for all paths, so that nobody else answers an upgrade. Who it is and
// whether their page is ours is settled before the first frame.
import * as Limits from "@messenger/protocol/Limits"
import { Cause, Context, Effect, FiberSet, Layer, Option } from "effect"
import type { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { WebSocketServer } from "ws"
import { Connections, type Refusal } from "./connections/Connections.ts"
import type { Peer } from "./connections/Peer.ts"
import { Callers } from "./edge/Callers.ts"
import * as Origin from "./edge/Origin.ts"
import { GatewayCounts } from "./GatewayCounts.ts"
import { WebSocketProtocol } from "./rpc/WebSocketProtocol.ts"
import { ServerConfig } from "./ServerConfig.ts"
import * as SessionCookie from "./SessionCookie.ts"
import { Authenticator } from "./tokens/Authenticator.ts"
import * as Credential from "./tokens/Credential.ts"
import { answerUpgrade, type UpgradeListener, type UpgradeRefusal } from "./UpgradeAnswer.ts"

export class Upgrades extends Context.Service<
  Upgrades,
  {
    /** Answers upgrades for as long as its scope is open. */
    readonly listener: UpgradeListener
  }
>()("@messenger/server/Upgrades") {
  static readonly layer = Layer.effect(
    Upgrades,
    Effect.gen(function* () {
      const authenticator = yield* Authenticator
      const callers = yield* Callers
      const connections = yield* Connections
      const counts = yield* GatewayCounts
      const accepted = yield* ServerConfig
      const rpc = yield* WebSocketProtocol
      const fork = yield* FiberSet.makeRuntime<never, void, never>()
      const webSockets = new WebSocketServer(webSocketOptions)

      /** Who it is, or why the upgrade is refused. */
      const admit = Effect.fnUntraced(function* (request: IncomingMessage) {
        const caller = callers.ofUpgrade(request)
        const credential = Credential.ofUpgrade(request, Origin.isSecure(caller, accepted.publicUrl))
        // A program may say no origin; a page that says one is held to it, with a cookie or without.
        const needsOrigin = caller.page !== undefined || SessionCookie.isIn(request.headers.cookie)
        if (needsOrigin && !Origin.mayAct(caller, accepted)) return refuse(403, Origin.refusal(caller.page, accepted))
        const stranger: Peer = { address: caller.limitKey, holder: undefined }
        const early = connections.refusal(stranger)
        if (early !== undefined) return refused[early]
        if (Option.isNone(credential)) return admitted(stranger)
        const holder = yield* authenticator.holderOf(credential.value)
        if (Option.isNone(holder)) return credential.value._tag === "Bearer" ? unknownBearer : admitted(stranger)
        const peer: Peer = { address: caller.limitKey, holder: holder.value }
        const late = connections.refusal(peer)
        return late === undefined ? admitted(peer) : refused[late]
      })

      const upgrade = Effect.fnUntraced(function* (request: IncomingMessage, socket: Socket, head: Buffer) {
        const admission = yield* admit(request).pipe(
          Effect.catchTag("StorageUnavailable", ({ retryAfterMillis }) =>
            Effect.succeed(refuse(503, "The database is away.", Math.ceil(retryAfterMillis / 1000)))
          )
        )
        if (admission._tag === "Refused") {
          counts.refusedUpgrades++
          yield* Effect.logDebug("Refused an upgrade").pipe(Effect.annotateLogs("status", admission.status))
          return answerUpgrade(socket, admission)
        }
        webSockets.handleUpgrade(request, socket, head, (webSocket) => rpc.accept(webSocket, socket, admission.peer))
      })

      return Upgrades.of({
        listener: (request, socket, head) => {
          // The listener that the HTTP server had on it is gone by now, and an unheard error would end the process.
          socket.on("error", () => socket.destroy())
          if (!(socket instanceof Socket)) socket.destroy()
          else if (pathOf(request) !== "/rpc")
            answerUpgrade(socket, refuse(404, "There is no WebSocket at this address."))
          else fork(Effect.catchDefect(upgrade(request, socket, head), (defect) => failed(socket, defect)))
        }
      })
    })
  )
}

// Not a literal where it is used: the types of the library do not know `closeTimeout` yet.
const webSocketOptions = {
  noServer: true,
  clientTracking: false,
  // By default the first that is offered is answered, which may be a token.
  handleProtocols: (offered: ReadonlySet<string>) => offered.has(Credential.subprotocol) && Credential.subprotocol,
  // The fastlane writes frames of its own between those of the library, and one compressed frame cannot go to many.
  perMessageDeflate: false,
  maxPayload: Limits.maxFrameBytes,
  maxFragments: 64,
  // Connections answer pings themselves.
  autoPong: false,
  // How long a peer has to answer a Close frame, in milliseconds, before its socket is destroyed.
  closeTimeout: 1_000
}

// Whoever asked must not wait for ever because of a bug.
const failed = Effect.fnUntraced(function* (socket: Socket, defect: unknown) {
  yield* Effect.logError("An upgrade met a bug", Cause.die(defect))
  answerUpgrade(socket, refuse(500, "The server failed on this request."))
})

type Admission = { readonly _tag: "Admitted"; readonly peer: Peer } | (UpgradeRefusal & { readonly _tag: "Refused" })

const admitted = (peer: Peer): Admission => ({ _tag: "Admitted", peer })

const refuse = (status: number, sentence: string, retryAfterSeconds?: number) =>
  ({ _tag: "Refused", status, sentence, retryAfterSeconds }) as const

// Not so for a cookie: a browser cannot see why it was refused, so it is let in to be told. Whoever sends a token can.
const unknownBearer = refuse(401, "The token is not known here, was revoked, or has run out.")

const refused: Record<Refusal, Admission> = {
  TooManyForAddress: refuse(429, "Too many connections from this address (SOCKETS_PER_ADDRESS).", 30),
  TooManyForUser: refuse(429, "Too many connections of this person (SOCKETS_PER_USER).", 30),
  Draining: refuse(503, "The server is stopping.", 5)
}

const pathOf = ({ url }: IncomingMessage): string => (url ?? "").replace(/[?#].*$/, "")
