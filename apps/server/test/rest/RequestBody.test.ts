import { describe, expect, it } from "@effect/vitest"
import { AccountDeactivated, WrongCredentials } from "@messenger/protocol/Session"
import { PasswordsBusy } from "@messenger/protocol/Password"
import { statusOf } from "@messenger/protocol/rest/Problems"
import { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Effect } from "effect"
import { browserOf } from "../support/Browser.ts"
import { ask } from "../support/Http.ts"
import { startServer } from "../support/TestServer.ts"

describe("a body", () => {
  it.live("that is no body of the route is refused, whatever it claims to be", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const bodies: ReadonlyArray<readonly [string | undefined, string]> = [
        ["application/json", "{"],
        ["application/json", "null"],
        ["application/json", "[]"],
        ["application/json", '{"name":5,"username":5,"password":5,"token":5,"newPassword":5}'],
        ["application/json", ""],
        ["application/json", `{"name":"${"x".repeat(20_000)}"}`],
        [undefined, "name=Ada"],
        ["text/plain", "name=Ada"],
        ["application/x-www-form-urlencoded", ""],
        ["application/x-www-form-urlencoded", `name=${"x".repeat(20_000)}`],
        ["multipart/form-data", "name=Ada"],
        ["multipart/form-data; boundary=x", "--y"],
        [
          "multipart/form-data; boundary=x",
          '--x\r\nContent-Disposition: form-data; name="name"; filename="name"\r\n\r\nAda\r\n--x--\r\n'
        ]
      ]
      for (const path of ["/guest", "/register", "/login", "/api/v1/reset"]) {
        for (const [contentType, body] of bodies) {
          const answer = yield* ask(server, path, {
            method: "POST",
            headers: { origin: server.url, ...(contentType === undefined ? {} : { "content-type": contentType }) },
            body
          })
          const [status, tag] = (body?.length ?? 0) > 16_384 ? [413, "BodyTooLarge"] : [400, "BadRequest"]
          expect([path, contentType, answer.status]).toEqual([path, contentType, status])
          expect(JSON.parse(answer.text)).toMatchObject({ _tag: tag, status })
          expect(answer.headers["content-type"]).toBe("application/problem+json")
        }
      }
    })
  )
})

describe("a refusal", () => {
  it.live("has the status of the contract, and one that passes says when to come back", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const retryAfterMillis = 1_500
      for (const refusal of [
        new WrongCredentials(),
        new AccountDeactivated(),
        new RateLimited({ retryAfterMillis }),
        new PasswordsBusy({ retryAfterMillis }),
        new StorageUnavailable({ retryAfterMillis })
      ]) {
        server.chat.sessions.logInRefusal = refusal
        const answer = yield* browserOf(server).post("/login", { username: "ada", password: "secret" })
        expect([answer.status, answer.json]).toEqual([
          statusOf(refusal),
          {
            type: `/docs/problems#${refusal._tag}`,
            title: expect.any(String),
            status: answer.status,
            detail: expect.stringMatching(/\.$/),
            _tag: refusal._tag,
            ...("retryAfterMillis" in refusal ? { retryAfterMillis } : {})
          }
        ])
        expect(answer.headers["retry-after"]).toBe("retryAfterMillis" in refusal ? "2" : undefined)
        expect(answer.headers["cache-control"]).toBe("no-store")
      }
    })
  )
})
