// What only HTTP refuses with: what is wrong with a request before anybody asked chat.
import { Schema } from "effect"

/** There is nothing at this address. */
export class AddressNotFound extends Schema.TaggedError<AddressNotFound>()("AddressNotFound", {}) {}

/** There is something at this address, and it takes other methods; they are in `Allow` too. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", {
  allow: Schema.Array(Schema.String)
}) {}

/** The body is not JSON, or does not say that it is. */
export class UnsupportedMediaType extends Schema.TaggedError<UnsupportedMediaType>()("UnsupportedMediaType", {}) {}

/** The body is larger than what is read of one, in bytes. */
export class BodyTooLarge extends Schema.TaggedError<BodyTooLarge>()("BodyTooLarge", { limit: Schema.Int }) {}

/** What `Idempotency-Key` says is no key. */
export class IdempotencyKeyInvalid extends Schema.TaggedError<IdempotencyKeyInvalid>()("IdempotencyKeyInvalid", {}) {}

/** Whoever asks may not open a WebSocket here: because of their page, their token or their name. */
export class UpgradeRefused extends Schema.TaggedError<UpgradeRefused>()("UpgradeRefused", {}) {}

/** A WebSocket is opened at this address, and the request asks for none. */
export class WebSocketExpected extends Schema.TaggedError<WebSocketExpected>()("WebSocketExpected", {}) {}

/** Too many connections are open from one address, or of one person. */
export class TooManyConnections extends Schema.TaggedError<TooManyConnections>()("TooManyConnections", {
  retryAfterMillis: Schema.Int
}) {}

/** The server starts, stops, or cannot reach what it needs. */
export class ServerUnavailable extends Schema.TaggedError<ServerUnavailable>()("ServerUnavailable", {
  retryAfterMillis: Schema.Int
}) {}

/** A bug: the server failed on this request, and wrote down why. */
export class ServerFailed extends Schema.TaggedError<ServerFailed>()("ServerFailed", {}) {}
