// What may be asked of a server besides rooms and the inbox: one's account and sessions, members and invitations, webhooks, people,
// tokens and the audit log. One typed function for all of it, named as in the contract; what each does is written there.
import type { AccountRpcs } from "@messenger/protocol/AccountRpcs"
import type { MemberRpcs } from "@messenger/protocol/MemberRpcs"
import type { PeopleRpcs } from "@messenger/protocol/PeopleRpcs"
import type { RoomRpcs } from "@messenger/protocol/RoomRpcs"
import type { WebhookRpcs } from "@messenger/protocol/WebhookRpcs"
import { Effect } from "effect"
import type { Rpc, RpcGroup } from "effect/rpc"
import type { Connection } from "./Connection.ts"
import { once } from "./Request.ts"
import type { Answerable } from "./Request.ts"
import { Unreachable } from "./Unreachable.ts"
import type { AllRpcs } from "./WireProtocol.ts"

type Callable =
  | RpcGroup.Rpcs<typeof AccountRpcs>
  | RpcGroup.Rpcs<typeof MemberRpcs>
  | RpcGroup.Rpcs<typeof PeopleRpcs>
  | RpcGroup.Rpcs<typeof WebhookRpcs>
  | Extract<RpcGroup.Rpcs<typeof RoomRpcs>, { readonly _tag: "CreateRoom" }>

/** What may be called, by its name in the contract. */
export type CallTag = Callable["_tag"]

// By name once: to pick one out of all by its shape costs the compiler a comparison of each with each.
type ByTag = { readonly [Request in Callable as Request["_tag"]]: Request }
type RpcOf<Tag extends CallTag> = ByTag[Tag]

// What the client answers for each, so that the compiler knows that a tag, its payload and its answer belong together.
type Contract = {
  readonly [Tag in CallTag]: {
    readonly arguments: void extends Rpc.PayloadConstructor<RpcOf<Tag>>
      ? []
      : [payload: Rpc.PayloadConstructor<RpcOf<Tag>>]
    readonly success: Rpc.Success<RpcOf<Tag>>
    readonly failure: Effect.Error<ReturnType<AllRpcs[Tag]>>
  }
}
type Requests = {
  readonly [Tag in CallTag]: (
    ...payload: Contract[Tag]["arguments"]
  ) => Effect.Effect<Contract[Tag]["success"], Contract[Tag]["failure"]>
}

/** The payload of a call, where it has one. */
export type CallArguments<Tag extends CallTag> = Contract[Tag]["arguments"]
/** What a call answers. */
export type CallSuccess<Tag extends CallTag> = Contract[Tag]["success"]
/** Why a call answers nothing; after `Unreachable` it is unknown whether it was done. */
export type CallFailure<Tag extends CallTag> = Answerable<Contract[Tag]["failure"]> | Unreachable

/** How long a call waits for a connection that is not there yet, in milliseconds. */
const connectionMillis = 5_000

/** Asks once, as soon as there is a connection. */
export const call = <Tag extends CallTag>(
  connection: Connection["Service"],
  tag: Tag,
  ...payload: CallArguments<Tag>
): Effect.Effect<CallSuccess<Tag>, CallFailure<Tag>> =>
  Effect.andThen(
    Effect.timeoutOrElse(connection.session, {
      duration: connectionMillis,
      orElse: () => Effect.fail(new Unreachable({ cause: "There is no connection" }))
    }),
    once(connection, ({ all }) =>
      Effect.flatMap(all, (rpcs) => {
        const requests: Requests = rpcs
        return requests[tag](...payload)
      })
    )
  )
