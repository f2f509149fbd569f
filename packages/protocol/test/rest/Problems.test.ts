import { describe, expect, it } from "@effect/vitest"
import type { Rpc, RpcGroup } from "effect/rpc"
import type { MessengerRpcs } from "../../src/MessengerRpcs.ts"
import { MessageInvalid } from "../../src/Message.ts"
import type { WebhookRpcs } from "../../src/WebhookRpcs.ts"
import { problemKinds, problemOf, retryAfterSecondsOf, type HttpErrorTag } from "../../src/rest/Problems.ts"
import { BadRequest } from "../../src/Session.ts"
import { RateLimited } from "../../src/Unavailable.ts"

type ErrorsOf<R> = R extends Rpc.Any ? Rpc.ErrorExit<R> : never

// Fails the type check when a call of the contract may refuse with something that HTTP has no words for.
const tagOf = (error: ErrorsOf<RpcGroup.Rpcs<typeof MessengerRpcs | typeof WebhookRpcs>>): HttpErrorTag => error._tag

describe("problem details", () => {
  it("hold the fields of the error beside what RFC 9457 names", () => {
    expect(problemOf(new MessageInvalid({ reason: "TooLong", limit: 4_000 }))).toEqual({
      type: "/docs/problems#MessageInvalid",
      title: "The text cannot be posted",
      status: 422,
      detail: "Send at most 4000 characters in a message.",
      _tag: "MessageInvalid",
      reason: "TooLong",
      limit: 4_000
    })
    expect(problemOf(new BadRequest({ detail: "Send less." })).detail).toBe("Send less.")
    expect(tagOf(new RateLimited({ retryAfterMillis: 1 }))).toBe("RateLimited")
  })

  it("round the time to wait up to whole seconds", () => {
    expect(retryAfterSecondsOf(new RateLimited({ retryAfterMillis: 1_001 }))).toBe(2)
    expect(retryAfterSecondsOf(new BadRequest({ detail: "" }))).toBeUndefined()
  })

  it("have a title that is no sentence, and the status of an error", () => {
    for (const [tag, { status, title }] of Object.entries(problemKinds)) {
      expect([tag, title]).toEqual([tag, expect.stringMatching(/^[A-Z][^.]+$/)])
      expect([tag, status >= 400 && status < 600]).toEqual([tag, true])
    }
  })
})
