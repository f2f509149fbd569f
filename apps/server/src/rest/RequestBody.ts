// What is posted: JSON, or a form with the same fields (`application/x-www-form-urlencoded`, `multipart/form-data`). Files are no
// fields. A refusal repeats nothing of what was posted, which may hold a password.
import { BodyTooLarge } from "@messenger/protocol/rest/HttpRefusal"
import { BadRequest } from "@messenger/protocol/Session"
import { ByteSize, Effect, Schema } from "effect"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import { isHttpServerError } from "effect/http/HttpServerError"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/** The most that is read of a body. */
export const maxBodySize = ByteSize.kibibytes(16)

/** Whether a browser posts this by itself, from a form of a page. */
export const isForm = ({ headers }: Pick<HttpServerRequest, "headers">): boolean =>
  /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(headers["content-type"] ?? "")

/** Reads bodies of a schema; `example` is one in JSON, for whoever sent something else. */
export const bodyOf = <S extends Schema.Constraint>(schema: S, example: string) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(schema))
  const refusal = new BadRequest({ detail: `The body must be JSON like ${example}, or a form with the same fields.` })
  return (request: HttpServerRequest): Effect.Effect<S["Type"], BadRequest | BodyTooLarge, S["DecodingServices"]> =>
    Effect.suspend((): Effect.Effect<unknown, unknown> => (isForm(request) ? fieldsOf(request) : request.json)).pipe(
      Effect.provideService(MaxBodySize, maxBodySize),
      Effect.flatMap((fields) => decode(fields)),
      Effect.mapError((error) => (isTooLarge(error) ? tooLarge : refusal))
    )
}

/** What is refused because of its size. */
export const tooLarge = new BodyTooLarge({ limit: ByteSize.toNumberUnsafe(maxBodySize) })

/** Whether a body was not read because of its size. */
export const isTooLarge = (error: unknown): boolean =>
  isHttpServerError(error) && error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"

// The body is small and read whole, so that the platform's own reader of forms will do.
const fieldsOf = Effect.fnUntraced(function* (request: HttpServerRequest) {
  const body = yield* request.arrayBuffer
  const headers = { "content-type": request.headers["content-type"] ?? "" }
  const fields = yield* Effect.tryPromise(() => new Response(body, { headers }).formData())
  return Object.fromEntries(fields)
})
