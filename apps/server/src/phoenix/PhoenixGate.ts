// Who may speak Phoenix Channels: whoever holds a token or a session, and where guests are welcome whoever gives a name. The client
// library cannot say why it was let in or refused, so who is nobody is refused at the upgrade.
import { Accounts } from "@messenger/chat/Accounts"
import { UpgradeRefused } from "@messenger/protocol/rest/HttpRefusal"
import { BadRequest, GuestsRefused } from "@messenger/protocol/Session"
import { Effect, Option, type Redacted } from "effect"
import type { IncomingMessage } from "node:http"
import type { Peer } from "../connections/Peer.ts"
import type { Caller } from "../edge/Callers.ts"
import * as Origin from "../edge/Origin.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { Authenticator } from "../tokens/Authenticator.ts"
import * as Credential from "../tokens/Credential.ts"
import { SocketTokens } from "../tokens/SocketTokens.ts"
import { type Admission, type Gate, refuse } from "../UpgradeGate.ts"
import { PhoenixGateway } from "./PhoenixGateway.ts"

/** The gate at `/socket/websocket`. */
export const make = Effect.gen(function* () {
  const accounts = yield* Accounts
  const authenticator = yield* Authenticator
  const gateway = yield* PhoenixGateway
  const socketTokens = yield* SocketTokens
  const { publicUrl } = yield* ServerConfig

  const admitted = (peer: Peer, guestToken?: Redacted.Redacted): Admission => ({
    _tag: "Admitted",
    peer,
    accept: (webSocket, socket) => gateway.accept(webSocket, socket, peer, guestToken)
  })

  /** A new guest for this connection, who may come back by a token. */
  const enter = Effect.fnUntraced(function* (request: IncomingMessage, caller: Caller, name: string) {
    const visitor = {
      address: caller.limitKey,
      client: request.headers["user-agent"] ?? "",
      token: Option.none(),
      deviceToken: Option.none()
    }
    const entered = yield* accounts.enterAsGuest(visitor, name)
    const { expiresAt, token } = yield* socketTokens.issue(entered.sessionId)
    return admitted({ address: caller.limitKey, holder: { authenticated: entered, until: expiresAt } }, token)
  })

  const gate: Gate = {
    path: "/socket/websocket",
    subprotocol: Credential.phoenixSubprotocol,
    admit: Effect.fnUntraced(function* (request, caller) {
      const params = paramsOf(request)
      const version = params.get("vsn") ?? "1.0.0"
      if (!version.startsWith("2.")) return wrongVersion(version)
      const credential = Credential.ofPhoenix(request, params.get("token"), Origin.isSecure(caller, publicUrl))
      const holder = Option.isNone(credential) ? Option.none() : yield* authenticator.holderOf(credential.value)
      if (Option.isSome(holder)) return admitted({ address: caller.limitKey, holder: holder.value })
      if (Option.exists(credential, ({ _tag }) => _tag === "Bearer")) return unknownToken
      const name = params.get("user")
      if (name === null) return nobody
      return yield* enter(request, caller, name).pipe(
        Effect.catchTags({
          NameInvalid: () => Effect.succeed(badName),
          NameTaken: () => Effect.succeed(takenName),
          GuestsRefused: () => Effect.succeed(noGuests),
          RateLimited: (error) =>
            Effect.succeed(refuse(error, "Too many new guests from this address: come back later."))
        })
      )
    })
  }
  return gate
})

const paramsOf = ({ url }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(/\?([^#]*)/.exec(url ?? "")?.[1] ?? "")

// The version is said by a stranger; what is not short and plain is not said again.
const wrongVersion = (version: string) =>
  refuse(
    new BadRequest({
      detail: `The serializer version ${/^[\w.-]{1,20}$/.test(version) ? version : "that was asked for"} is not spoken here: connect with vsn=2.0.0.`
    })
  )

const nobody = refuse(
  new UpgradeRefused(),
  "Nobody is known by this: give a token as authToken or params.token, log in first, or give a name as params.user."
)

const unknownToken = refuse(new UpgradeRefused(), "The token is not known here, was revoked, or has run out.")

const noGuests = refuse(
  new GuestsRefused(),
  "This server takes no guests: give a token as authToken or params.token, or log in first."
)

const badName = refuse(
  new UpgradeRefused(),
  "The name in params.user is empty, too long, or has characters that cannot be shown."
)

const takenName = refuse(new UpgradeRefused(), "The name in params.user belongs to somebody else: choose another.")
