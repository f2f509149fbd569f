import { describe, expect, it } from "@effect/vitest"
import { Option, Redacted } from "effect"
import { inspect } from "node:util"
import * as Credential from "../../src/tokens/Credential.ts"

const shown = (headers: Record<string, string>, isSecure = false) =>
  Option.match(Credential.ofUpgrade({ headers }, isSecure), {
    onNone: () => undefined,
    onSome: ({ _tag, token }) => [_tag, Redacted.value(token)]
  })

describe("what an upgrade brings to show who it is", () => {
  it("is the token of a bearer header, however its scheme is written", () => {
    expect(shown({ authorization: "Bearer mst1.a.b" })).toEqual(["Bearer", "mst1.a.b"])
    expect(shown({ authorization: "bearer  a token " })).toEqual(["Bearer", "a token "])
  })

  it("is the token among the subprotocols, wherever it stands", () => {
    const offers = [
      "messenger, messenger.bearer.mst1.a.b",
      "messenger.bearer.mst1.a.b,messenger",
      "messenger.bearer.mst1.a.b"
    ]
    for (const offer of offers) expect(shown({ "sec-websocket-protocol": offer })).toEqual(["Bearer", "mst1.a.b"])
    expect(shown({ "sec-websocket-protocol": "messenger.bearer." })).toEqual(["Bearer", ""])
  })

  it("is the session cookie where nothing else is brought", () => {
    const cookie = "a=b; messenger_session=secret"
    expect(shown({ cookie })).toEqual(["Cookie", "secret"])
    expect(shown({ cookie, authorization: "Bearer token" })).toEqual(["Bearer", "token"])
    expect(shown({ cookie, "sec-websocket-protocol": "messenger, messenger.bearer.token" })).toEqual([
      "Bearer",
      "token"
    ])
    expect(shown({ cookie, authorization: "Basic YTpi", "sec-websocket-protocol": "messenger" })).toEqual([
      "Cookie",
      "secret"
    ])
  })

  it("is, over TLS, only the cookie that no other host can have set", () => {
    expect(shown({ cookie: "messenger_session=tossed" }, true)).toBeUndefined()
    const both = "messenger_session=tossed; __Host-messenger_session=secret"
    expect(shown({ cookie: both }, true)).toEqual(["Cookie", "secret"])
    expect(shown({ cookie: "messenger_session=secret" }, false)).toEqual(["Cookie", "secret"])
  })

  it("is nothing where there is none of them", () => {
    expect(shown({})).toBeUndefined()
    expect(
      shown({ authorization: "Bearer", cookie: "messenger_session=", "sec-websocket-protocol": "" })
    ).toBeUndefined()
    expect(shown({ authorization: "Bearertoken", cookie: "session=1" })).toBeUndefined()
  })

  it("is not printed by accident", () => {
    for (const headers of [{ authorization: "Bearer secret" }, { cookie: "messenger_session=secret" }]) {
      const credential = Credential.ofUpgrade({ headers }, false)
      expect(JSON.stringify(credential) + inspect(credential, { depth: 9 })).not.toContain("secret")
    }
  })
})

const shownToPhoenix = (headers: Record<string, string>, token: string | null = null) =>
  Option.match(Credential.ofPhoenix({ headers }, token, false), {
    onNone: () => undefined,
    onSome: (credential) => [credential._tag, Redacted.value(credential.token)]
  })

/** As the client 1.8 offers its `authToken`. */
const offered = (token: string) => ({
  "sec-websocket-protocol": `phoenix, base64url.bearer.phx.${btoa(token).replace(/=/g, "")}`
})

describe("what an upgrade of a Phoenix client brings", () => {
  it("is the token that it offers as a subprotocol, then the one of its address, then the session cookie", () => {
    const cookie = "messenger_session=secret"
    expect(shownToPhoenix({ ...offered("mst1.a.b"), cookie }, "mst1.c.d")).toEqual(["Bearer", "mst1.a.b"])
    expect(shownToPhoenix({ "sec-websocket-protocol": "phoenix", cookie }, "mst1.c.d")).toEqual(["Bearer", "mst1.c.d"])
    expect(shownToPhoenix({ cookie })).toEqual(["Cookie", "secret"])
    expect(shownToPhoenix({})).toBeUndefined()
  })

  it("is the token whatever its length leaves out of the last group of four", () => {
    for (const token of ["mst1.a", "mst1.ab", "mst1.abc"]) {
      expect(shownToPhoenix(offered(token))).toEqual(["Bearer", token])
    }
  })

  it("is, when what it offers is no token, one that nobody holds", () => {
    expect(shownToPhoenix({ "sec-websocket-protocol": "base64url.bearer.phx." }, "mst1.c.d")).toEqual(["Bearer", ""])
  })
})
