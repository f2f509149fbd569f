// The last word on every request: whatever was not answered becomes problem details (RFC 9457). People who look for a page are told in
// a sentence.
import { AddressNotFound, MethodNotAllowed, ServerFailed } from "@messenger/protocol/rest/HttpRefusal"
import { problemMediaType, type HttpError } from "@messenger/protocol/rest/Problems"
import { BadRequest } from "@messenger/protocol/Session"
import { type Cause, Effect } from "effect"
import { isHttpServerError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { bearerChallenge, problemAnswer } from "./rest/ProblemAnswer.ts"
import { isTooLarge, tooLarge } from "./rest/RequestBody.ts"
import type { RouteTable } from "./RouteTable.ts"

/** Whether a person looks for a page with it, in a browser. */
export const isForPeople = ({ headers, method }: HttpServerRequest.HttpServerRequest): boolean =>
  (method === "GET" || method === "HEAD") && /\btext\/html\b/i.test(headers.accept ?? "")

/** The same answers, and one for each failure. Bugs are reported. */
export const answered =
  (table: RouteTable) =>
  <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    HttpServerRequest.HttpServerRequest.pipe(
      Effect.flatMap((request) =>
        Effect.catchCause(app, (cause) => {
          const error = refusalOf(cause, request, table)
          if (error === undefined) return Effect.failCause(cause)
          const isPage = error._tag === "AddressNotFound" && isForPeople(request)
          return Effect.succeed(isPage ? nothingHere : problemAnswer(error))
        })
      ),
      Effect.withErrorReporting({ defectsOnly: true }),
      Effect.catchCause((cause) =>
        cause.reasons.some(isAnswered) ? Effect.failCause(cause) : Effect.succeed(problemAnswer(new ServerFailed()))
      ),
      Effect.map(asProblem)
    )

// Problems that the REST API declares are encoded by their schema, which knows nothing of these headers.
const asProblem = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  response.headers["content-type"] === problemMediaType
    ? HttpServerResponse.setHeaders(response, {
        "cache-control": "no-store",
        ...(response.status === 401 ? bearerChallenge : {})
      })
    : response

const nothingHere = HttpServerResponse.text("There is nothing at this address.\n", { status: 404 })

// Nobody waits for an answer any more, or it is in the cause.
const isAnswered = (reason: Cause.Reason<unknown>): boolean =>
  reason._tag === "Interrupt" || (reason._tag === "Die" && HttpServerResponse.isHttpServerResponse(reason.defect))

/** What is wrong with a request, as far as the request is what is wrong. */
const refusalOf = (
  cause: Cause.Cause<unknown>,
  request: HttpServerRequest.HttpServerRequest,
  table: RouteTable
): HttpError | undefined => {
  for (const reason of cause.reasons) {
    const failure = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    if (!isHttpServerError(failure)) continue
    if (failure.reason._tag === "RouteNotFound") return nobodyAt(request, table)
    if (isTooLarge(failure)) return tooLarge
    if (failure.reason._tag === "RequestParseError") return unreadable
  }
  return undefined
}

const unreadable = new BadRequest({ detail: "The body cannot be read." })

const nobodyAt = ({ method, url }: HttpServerRequest.HttpServerRequest, table: RouteTable): HttpError => {
  const allow = table.methodsAt(url.replace(/[?#].*$/, ""))
  return allow.length === 0 || allow.includes(method) ? new AddressNotFound() : new MethodNotAllowed({ allow })
}
