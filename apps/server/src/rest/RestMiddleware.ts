// What every request to the REST API passes: who sent it, whether they have the right that the endpoint needs, whether its body can be
// read. What depends on the room chat decides.
import * as Limits from "@messenger/protocol/Limits"
import { Principal } from "@messenger/protocol/Handshake"
import { BodyTooLarge, UnsupportedMediaType } from "@messenger/protocol/rest/HttpRefusal"
import { CredentialExpiry, RestAuthentication, RestGate } from "@messenger/protocol/rest/RestAuthentication"
import { Forbidden, may, Needs } from "@messenger/protocol/Rights"
import { BadRequest } from "@messenger/protocol/Session"
import { ByteSize, Context, Effect, Layer, SchemaIssue } from "effect"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { RequestPrincipals } from "./RequestPrincipals.ts"
import { isTooLarge } from "./RequestBody.ts"

/** Says who sent a request. Both ways are looked for each time, in the order of `Credential`. */
export const authenticationLayer = Layer.effect(
  RestAuthentication,
  Effect.map(RequestPrincipals, (principals) => {
    const admitted: RestAuthentication["Service"]["bearer"] = Effect.fnUntraced(function* (answer) {
      const { principal, until } = yield* principals.of(yield* HttpServerRequest.HttpServerRequest)
      return yield* answer.pipe(
        Effect.provideService(Principal, principal),
        Effect.provideService(CredentialExpiry, { until })
      )
    })
    return RestAuthentication.of({ bearer: admitted, cookie: admitted })
  })
)

/** An endpoint that names no right is a bug, and answers nobody. */
export const gateLayer = Layer.succeed(
  RestGate,
  RestGate.of(
    Effect.fnUntraced(function* (answer, { endpoint }) {
      const needs = Context.get(endpoint.annotations, Needs)
      if (needs === undefined) return yield* Effect.die(new Error(`the endpoint ${endpoint.identifier} names no right`))
      if (!may(needs, yield* Principal)) return yield* new Forbidden({ needs })
      if (endpoint.payload.size > 0) yield* readable
      const response = yield* Effect.mapError(answer, (error) =>
        HttpApiError.HttpApiSchemaError.is(error) && requestParts.has(error.kind)
          ? new BadRequest({ detail: sentence(error) })
          : error
      )
      return HttpServerResponse.setHeader(response, "cache-control", "no-store")
    })
  )
)

// A message of the longest text, each character escaped, fits.
const limit = Limits.maxFrameBytes

// The body is read here once and for all, so that one that cannot be is a refusal and no bug.
const readable = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const mediaType = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase()
  if (mediaType !== "application/json") return yield* new UnsupportedMediaType()
  yield* request.text.pipe(
    Effect.provideService(MaxBodySize, ByteSize.bytes(limit)),
    Effect.mapError((error) =>
      isTooLarge(error) ? new BodyTooLarge({ limit }) : new BadRequest({ detail: "The body cannot be read." })
    )
  )
})

const requestParts: ReadonlySet<string> = new Set(["Params", "Headers", "Query", "Payload"])

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

// Names what is wrong and what was expected, and repeats nothing of what was sent.
const sentence = ({ cause, kind }: HttpApiError.HttpApiSchemaError): string => {
  const where = kind === "Payload" ? "body" : kind.toLowerCase()
  const wrong = issuesOf(cause.issue).issues.map(({ message, path = [] }) => {
    const place = [where, ...path.map((part) => String(typeof part === "object" ? part.key : part))].join(".")
    return `${place}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
  })
  return `${wrong.slice(0, 5).join("; ")}.`
}
