import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { Callers } from "../../src/edge/Callers.ts"
import { ServerConfig } from "../../src/ServerConfig.ts"

const proxies = "10.0.0.0/8,2001:db8:ffff::/48"

/** What is known of a request that arrives from `peer` with these headers. */
const callerOf = (peer: string, headers: Record<string, string>, trusted = proxies) =>
  Effect.gen(function* () {
    const request = HttpServerRequest.fromWeb(new Request("http://x/", { headers })).modify({
      remoteAddress: Option.some(peer)
    })
    return (yield* Callers).of(request)
  }).pipe(Effect.provide(Layer.provide(Callers.layer, ServerConfig.layer({ TRUSTED_PROXIES: trusted }))))

const addressOf = (peer: string, forwardedFor: string, trusted?: string) =>
  Effect.map(callerOf(peer, { "x-forwarded-for": forwardedFor }, trusted), ({ address }) => address)

describe("the address of a caller", () => {
  it.effect("is the socket's own when nobody is trusted, whatever a header says", () =>
    Effect.gen(function* () {
      expect(yield* addressOf("203.0.113.9", "198.51.100.7", "")).toBe("203.0.113.9")
      expect(yield* addressOf("203.0.113.9", "198.51.100.7")).toBe("203.0.113.9")
      expect(yield* addressOf("::ffff:203.0.113.9", "10.1.1.1")).toBe("203.0.113.9")
    })
  )

  it.effect("is what a trusted proxy says, and nothing that stands further left", () =>
    Effect.gen(function* () {
      expect(yield* addressOf("10.0.0.1", "198.51.100.7")).toBe("198.51.100.7")
      expect(yield* addressOf("10.0.0.1", "192.0.2.66, 198.51.100.7")).toBe("198.51.100.7")
      expect(yield* addressOf("::ffff:10.0.0.1", "198.51.100.7:50123")).toBe("198.51.100.7")
      expect(yield* addressOf("2001:db8:ffff::1", "[2001:db8:1::7]:50123")).toBe("2001:db8:1::7")
    })
  )

  it.effect("is found through several trusted proxies, also when the client is one itself", () =>
    Effect.gen(function* () {
      expect(yield* addressOf("10.0.0.1", "192.0.2.66, 198.51.100.7, 10.0.0.3,10.0.0.2")).toBe("198.51.100.7")
      expect(yield* addressOf("10.0.0.1", "10.0.0.3, ::ffff:10.0.0.2")).toBe("10.0.0.3")
    })
  )

  it.effect("is the nearest one that is known where the header ends in rubbish", () =>
    Effect.gen(function* () {
      expect(yield* addressOf("10.0.0.1", "unknown")).toBe("10.0.0.1")
      expect(yield* addressOf("10.0.0.1", "198.51.100.7, , 10.0.0.2")).toBe("10.0.0.2")
      expect(yield* addressOf("10.0.0.1", "198.51.100.7, <script>")).toBe("10.0.0.1")
      expect(yield* addressOf("10.0.0.1", ",".repeat(5_000))).toBe("10.0.0.1")
    })
  )

  it.effect("is counted by its network when it is IPv6", () =>
    Effect.gen(function* () {
      const { limitKey } = yield* callerOf("10.0.0.1", { "x-forwarded-for": "2001:db8:1:2::9" })
      expect(limitKey).toBe("2001:db8:1:2::/64")
    })
  )
})

describe("host and protocol of a caller", () => {
  const forwarded = { host: "inside:4000", "x-forwarded-host": "chat.example.org", "x-forwarded-proto": "HTTPS" }

  it.effect("are what a trusted proxy says", () =>
    Effect.gen(function* () {
      expect(yield* callerOf("10.0.0.1", forwarded)).toMatchObject({ host: "chat.example.org", protocol: "https" })
      const kept = yield* callerOf("10.0.0.1", { host: "chat.example.org", "x-forwarded-proto": "http" })
      expect(kept).toMatchObject({ host: "chat.example.org", protocol: "http" })
    })
  )

  it.effect("are the nearest proxy's word when there are several", () =>
    Effect.gen(function* () {
      const lists = {
        ...forwarded,
        "x-forwarded-host": "evil.example, chat.example.org",
        "x-forwarded-proto": "ftp, https"
      }
      expect(yield* callerOf("10.0.0.1", lists)).toMatchObject({ host: "chat.example.org", protocol: "https" })
    })
  )

  it.effect("are the socket's own when a stranger says otherwise", () =>
    Effect.gen(function* () {
      const caller = yield* callerOf("203.0.113.9", forwarded)
      expect(caller).toMatchObject({ host: "inside:4000", protocol: undefined, isForwarded: true })
    })
  )

  it.effect("are no protocol that browsers do not speak", () =>
    Effect.gen(function* () {
      const caller = yield* callerOf("10.0.0.1", { ...forwarded, "x-forwarded-proto": "javascript" })
      expect(caller.protocol).toBeUndefined()
    })
  )
})
