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
