// The first exchange on every connection: both sides learn whether they speak the same contract.
import { Context, Schema } from "effect"
import { Rpc, RpcGroup, RpcMiddleware } from "effect/rpc"
import { User } from "./Account.ts"
import type { SessionId } from "./Device.ts"
import { Forbidden } from "./Rights.ts"
import type { ServerRole, TokenScope } from "./Rights.ts"

/** The version of the contract. It rises when an old client can no longer be served; adding an event does not raise it. */
export const contractVersion = 1

/** Client and server speak different contracts, or the client sent a request before `Handshake`: reload, or upgrade the client. */
export class UpgradeRequired extends Schema.TaggedError<UpgradeRequired>()("UpgradeRequired", {
  serverContract: Schema.Int
}) {}

/** The connection carries no valid session: get one by `POST /guest` or `POST /login`, then connect again. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {}) {}

/** Who a request comes from. A live reference: what it says is true at the moment it is read, so read it late. */
export class Principal extends Context.Service<
  Principal,
  {
    readonly user: User
    readonly role: ServerRole
    /** The scope of the API token that the connection came with; null with a session. */
    readonly scope: TokenScope | null
    /** The session it came with; null with an API token. */
    readonly sessionId: SessionId | null
    /** Names the connection, not the person. */
    readonly connectionId: number
    /** The address that limits are counted by. */
    readonly address: string
  }
>()("@messenger/protocol/Principal") {}

/**
 * Lets a request pass only after a `Handshake` of the right version by a known person who has the right that the call `Needs`, as far
 * as it does not depend on a room, and says who that is.
 */
export class Authentication extends RpcMiddleware.Service<Authentication, { provides: Principal }>()(
  "@messenger/protocol/Authentication",
  { error: Schema.Union([UpgradeRequired, Unauthenticated, Forbidden]) }
) {}

/**
 * `Handshake` is the first request of a connection; every other is refused until it has been answered.
 * `now` is the server's clock in milliseconds; `node` changes with every start of the server.
 */
export class HandshakeRpcs extends RpcGroup.make(
  Rpc.make("Handshake", {
    payload: { contract: Schema.Int },
    success: Schema.Struct({ contract: Schema.Int, user: User, now: Schema.Int, node: Schema.String }),
    error: Schema.Union([UpgradeRequired, Unauthenticated])
  })
) {}
