// Errors as they are answered over HTTP: problem details (RFC 9457), with the headers that belong to their status.
import {
  problemMediaType,
  problemOf,
  retryAfterSecondsOf,
  statusOf,
  type HttpError
} from "@messenger/protocol/rest/Problems"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** An answer in parts, for who writes HTTP by hand. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How whoever is nobody may become somebody (RFC 9110, 11.6.1). */
export const bearerChallenge = { "www-authenticate": "Bearer" } as const

/** Tells an error; `detail` in place of the usual sentence where there is a better one. */
export const plainProblem = (error: HttpError, detail?: string): PlainAnswer => {
  const status = statusOf(error)
  const retryAfter = retryAfterSecondsOf(error)
  return {
    status,
    headers: {
      "content-type": problemMediaType,
      "cache-control": "no-store",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...(status === 401 ? bearerChallenge : {}),
      // RFC 9110, 15.5.6.
      ...(error._tag === "MethodNotAllowed" ? { allow: error.allow.join(", ") } : {}),
      // RFC 9110, 15.5.22.
      ...(error._tag === "WebSocketExpected" ? { upgrade: "websocket" } : {})
    },
    body: JSON.stringify(problemOf(error, detail))
  }
}

/** The answer that tells an error. */
export const problemAnswer = (error: HttpError, detail?: string): HttpServerResponse.HttpServerResponse => {
  const { body, headers, status } = plainProblem(error, detail)
  return HttpServerResponse.text(body, { status, contentType: problemMediaType, headers })
}
