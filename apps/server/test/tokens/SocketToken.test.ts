import { describe, expect, it } from "@effect/vitest"
import { Duration, Option, Redacted, Schema } from "effect"
import { inspect } from "node:util"
import { createHmac, createSecretKey, randomBytes } from "node:crypto"
import * as SocketToken from "../../src/tokens/SocketToken.ts"

const key = () => createSecretKey(randomBytes(32))
const signing = key()
const keys = { signing, accepted: [signing] }
const maxAge = Duration.days(14)
const issuedAt = 1_800_000_000_000
const claims = { sessionId: "c2Vzc2lvbg", issuedAt }
const token = SocketToken.sign(claims, keys)

const verify = (text: string, now = issuedAt, accepted = keys.accepted) =>
  SocketToken.verify(Redacted.make(text), { accepted }, now, maxAge)

const text = Redacted.value(token)
const day = 86_400_000

describe("a socket token", () => {
  it("says its session until it is too old", () => {
    expect(verify(text)).toEqual(Option.some(claims))
    expect(verify(text, issuedAt + 14 * day)).toEqual(Option.some(claims))
    expect(verify(text, issuedAt + 14 * day + 1)).toEqual(Option.none())
  })

  it("is valid on a server whose clock is a little behind, and not before it was made", () => {
    expect(Option.isSome(verify(text, issuedAt - 60_000))).toBe(true)
    expect(Option.isNone(verify(text, issuedAt - 60_001))).toBe(true)
  })

  it("is valid for every key that is accepted, and for no other", () => {
    const next = key()
    expect(Option.isSome(verify(text, issuedAt, [next, signing]))).toBe(true)
    expect(Option.isNone(verify(text, issuedAt, [next]))).toBe(true)
    expect(Option.isNone(verify(text, issuedAt, []))).toBe(true)
  })

  it("can stand in a URL path, a header and a list of subprotocols, and is not printed by accident", () => {
    expect(text).toMatch(/^mst1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/)
    expect(JSON.stringify({ token }) + inspect(token)).not.toContain(text)
  })

  it("is worth nothing with any one character changed, left out, or added", () => {
    const forged = new Set<string>()
    for (let at = 0; at <= text.length; at++) {
      const [head, tail] = [text.slice(0, at), text.slice(at + 1)]
      forged.add(head + tail)
      for (const character of "Aa0-_.= \u0000é")
        forged.add(head + character + tail).add(head + character + text.slice(at))
    }
    forged.delete(text)
    expect(forged.size).toBeGreaterThan(1_000)
    expect([...forged].filter((one) => Option.isSome(verify(one)))).toEqual([])
  })

  it("is worth nothing when what it says is signed but no session", () => {
    const signed = (payload: string) => {
      const front = `mst1.${Buffer.from(payload).toString("base64url")}`
      return `${front}.${createHmac("sha256", signing).update(front).digest("base64url")}`
    }
    expect(Option.isSome(verify(signed(`{"s":"x","t":${issuedAt}}`)))).toBe(true)
    for (const payload of ["", "{}", "null", `{"s":"","t":${issuedAt}}`, '{"s":"x"}', `{"s":1,"t":${issuedAt}}`, "{"]) {
      expect(Option.isNone(verify(signed(payload)))).toBe(true)
    }
  })

  it.prop("is none of all other texts, and none of them does any harm", [Schema.String], ([garbage]) => {
    expect(verify(garbage)).toEqual(Option.none())
    expect(verify(`mst1.${garbage}`)).toEqual(Option.none())
    expect(verify(`mst1.${garbage}.${garbage}`)).toEqual(Option.none())
  })

  it("is none of random bytes", () => {
    for (let size = 0; size < 300; size++) {
      const bytes = randomBytes(size)
      for (const encoding of ["latin1", "utf8", "base64url"] as const) {
        expect(verify(bytes.toString(encoding))).toEqual(Option.none())
        expect(verify(`mst1.${bytes.toString(encoding)}`)).toEqual(Option.none())
      }
    }
    expect(verify("mst1." + "x".repeat(1_000_000))).toEqual(Option.none())
  })

  it.prop(
    "says exactly what was signed, whatever it is",
    [
      Schema.NonEmptyString.check(Schema.isMaxLength(100)),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4e12 }))
    ],
    ([sessionId, at]) => {
      const made = SocketToken.sign({ sessionId, issuedAt: at }, keys)
      expect(SocketToken.verify(made, keys, at, maxAge)).toEqual(Option.some({ sessionId, issuedAt: at }))
    }
  )
})
