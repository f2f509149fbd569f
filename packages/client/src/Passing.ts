// What may go wrong with any request without being an answer to it. It passes: the request is asked again as it is.
import { Unauthenticated, UpgradeRequired } from "@messenger/protocol/Handshake"
import { RateLimited, RoomUnavailable, StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { Weather } from "@messenger/protocol/Unavailable"
import { Effect, Random } from "effect"
import { RpcClientError } from "effect/rpc"

/** The connection as a whole was refused, said in answer to a request. */
export type Turned = Unauthenticated | UpgradeRequired

/** Weather on the server, a connection that is lost, or one that is refused as a whole. */
export type Passing = Weather | Turned | RpcClientError.RpcClientError

/** Whether the server asked for patience. */
export const isWeather = (error: unknown): error is Weather =>
  error instanceof RateLimited || error instanceof RoomUnavailable || error instanceof StorageUnavailable

/** Whether the server refused the connection and not the request. */
export const isRefusal = (error: unknown): error is Turned =>
  error instanceof Unauthenticated || error instanceof UpgradeRequired

/** Whether the connection was lost before the answer. */
export const isLoss = (error: unknown): error is RpcClientError.RpcClientError =>
  error instanceof RpcClientError.RpcClientError

/** Whether the error is an answer. */
export const isAnswer = <Failure>(error: Failure): error is Exclude<Failure, Passing> =>
  !isWeather(error) && !isRefusal(error) && !isLoss(error)

/** How long to wait before asking again: what the server asked for and up to half as much, so that many do not come at once. */
export const patienceMillis = ({ retryAfterMillis }: Weather): Effect.Effect<number> =>
  Effect.map(Random.next, (jitter) => Math.max(100, retryAfterMillis) * (1 + jitter / 2))
