// Every WebSocket of the server begins here: one listener for all paths, so that nobody else answers an upgrade. Who it is and
// whether their page is ours is settled before the first frame.
import * as Limits from "@messenger/protocol/Limits"
import {
  AddressNotFound,
  ServerFailed,
  ServerUnavailable,
  TooManyConnections,
  UpgradeRefused
} from "@messenger/protocol/rest/HttpRefusal"
import { statusOf } from "@messenger/protocol/rest/Problems"
import { BadRequest } from "@messenger/protocol/Session"
import { Cause, Context, Effect, FiberSet, Layer } from "effect"
import type { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { WebSocketServer } from "ws"
import { Connections, type Refusal } from "./connections/Connections.ts"
import { Callers } from "./edge/Callers.ts"
import * as Origin from "./edge/Origin.ts"
import { GatewayCounts } from "./GatewayCounts.ts"
import * as PhoenixGate from "./phoenix/PhoenixGate.ts"
import * as RpcGate from "./rpc/RpcGate.ts"
import { ServerConfig } from "./ServerConfig.ts"
import * as SessionCookie from "./SessionCookie.ts"
import { answerUpgrade, type UpgradeListener } from "./UpgradeAnswer.ts"
import { type Admission, type Gate, refuse } from "./UpgradeGate.ts"
import { faultOf, noBody } from "./UpgradeRequest.ts"

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
      const callers = yield* Callers
      const connections = yield* Connections
      const counts = yield* GatewayCounts
      const accepted = yield* ServerConfig
      const fork = yield* FiberSet.makeRuntime<never, void, never>()
      const gates = new Map(
        [yield* RpcGate.make, yield* PhoenixGate.make].map((gate) => [
          gate.path,
          { gate, webSockets: webSocketsOf(gate) }
        ])
      )

      /** Who it is, or why the upgrade is refused. */
      const admit = Effect.fnUntraced(function* (gate: Gate, request: IncomingMessage) {
        const caller = callers.ofUpgrade(request)
        // A program may say no origin; a page that says one is held to it, with a cookie or without.
        const needsOrigin = caller.page !== undefined || SessionCookie.isIn(request.headers.cookie)
        if (needsOrigin && !Origin.mayAct(caller, accepted)) {
          return refuse(new UpgradeRefused(), Origin.refusal(caller.page, accepted))
        }
        const early = connections.refusal({ address: caller.limitKey, holder: undefined })
        if (early !== undefined) return refused[early]
        const admission = yield* gate.admit(request, caller)
        const late = admission._tag === "Admitted" ? connections.refusal(admission.peer) : undefined
        return late === undefined ? admission : refused[late]
      })

      const upgrade = Effect.fnUntraced(function* (
        { gate, webSockets }: { readonly gate: Gate; readonly webSockets: WebSocketServer },
        request: IncomingMessage,
        socket: Socket,
        head: Buffer
      ) {
        const admission = yield* admit(gate, request).pipe(
          Effect.catchTag("StorageUnavailable", (error) =>
            Effect.succeed(refuse(error, "Who you are cannot be looked up; connect again in a moment."))
          )
        )
        if (admission._tag === "Refused") {
          counts.refusedUpgrades++
          yield* Effect.logDebug("Refused an upgrade").pipe(Effect.annotateLogs("status", statusOf(admission.error)))
          return answerUpgrade(socket, admission)
        }
        webSockets.handleUpgrade(request, socket, head, (webSocket) => admission.accept(webSocket, socket))
      })

      return Upgrades.of({
        listener: (request, socket, head) => {
          // The listener that the HTTP server had on it is gone by now, and an unheard error would end the process.
          socket.on("error", () => socket.destroy())
          const at = gates.get(pathOf(request))
          if (at === undefined) return answerUpgrade(socket, nothingHere)
          // With a body it is not the socket itself, but what Node wraps around it.
          if (!(socket instanceof Socket)) return answerUpgrade(socket, noBody)
          const fault = faultOf(request)
          if (fault !== undefined) answerUpgrade(socket, fault)
          else fork(Effect.catchDefect(upgrade(at, request, socket, head), (defect) => failed(socket, defect)))
        }
      })
    })
  )
}

const webSocketsOf = (gate: Gate): WebSocketServer =>
  new WebSocketServer(webSocketOptions(gate)).on("wsClientError", ({ message }, socket) =>
    // What is left that the library refuses by itself, such as a list of subprotocols that cannot be read.
    answerUpgrade(socket, { error: new BadRequest({ detail: `${message}.` }) })
  )

// Not a literal where it is used: the types of the library do not know `closeTimeout` yet.
const webSocketOptions = ({ subprotocol }: Gate) => ({
  noServer: true,
  clientTracking: false,
  // By default the first that is offered is answered, which may be a token.
  handleProtocols: (offered: ReadonlySet<string>) => offered.has(subprotocol) && subprotocol,
  // The fastlane writes frames of its own between those of the library, and one compressed frame cannot go to many.
  perMessageDeflate: false,
  maxPayload: Limits.maxFrameBytes,
  maxFragments: 64,
  // Connections answer pings themselves.
  autoPong: false,
  // How long a peer has to answer a Close frame, in milliseconds, before its socket is destroyed.
  closeTimeout: 1_000
})

// Whoever asked must not wait for ever because of a bug.
const failed = Effect.fnUntraced(function* (socket: Socket, defect: unknown) {
  yield* Effect.logError("An upgrade met a bug", Cause.die(defect))
  answerUpgrade(socket, { error: new ServerFailed() })
})

const nothingHere = { error: new AddressNotFound(), sentence: "There is no WebSocket at this address." }

const tooMany = new TooManyConnections({ retryAfterMillis: 30_000 })

const refused: Record<Refusal, Admission> = {
  TooManyForAddress: refuse(tooMany, "Too many connections from this address (SOCKETS_PER_ADDRESS)."),
  TooManyForUser: refuse(tooMany, "Too many connections of this person (SOCKETS_PER_USER)."),
  Draining: refuse(new ServerUnavailable({ retryAfterMillis: 5_000 }), "The server is stopping.")
}

const pathOf = ({ url }: IncomingMessage): string => (url ?? "").replace(/[?#].*$/, "")
