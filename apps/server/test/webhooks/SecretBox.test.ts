import { describe, expect, it } from "@effect/vitest"
import { SecretBox } from "@messenger/chat/WebhookTransport"
import { Effect, Layer, Option, Redacted } from "effect"
import { ServerConfig } from "../../src/ServerConfig.ts"
import { SecretKey } from "../../src/tokens/SecretKey.ts"
import * as ServerSecretBox from "../../src/webhooks/SecretBox.ts"

const [first, second, third] = ["first", "second", "third"].map((text) => text.padEnd(32, "."))

const boxOf = (key = first, previous = "") => {
  const config = ServerConfig.layer({ SECRET_KEY: key, SECRET_KEY_PREVIOUS: previous })
  return Effect.provide(SecretBox, Layer.provide(ServerSecretBox.layer, Layer.provide(SecretKey.layer, config)))
}

const secret = Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw — ✓")

describe("a secret that is kept for webhooks", () => {
  it.effect("comes out as it went in, and does not show while it is kept", () =>
    Effect.gen(function* () {
      const box = yield* boxOf()
      for (const kept of [secret, Redacted.make(""), Redacted.make("x".repeat(5_000))]) {
        const sealed = box.seal(kept, "hook-1")
        expect(sealed).toMatch(/^box1\.[A-Za-z0-9_-]+$/)
        expect(sealed).not.toContain("whsec")
        expect(Option.map(box.open(sealed, "hook-1"), Redacted.value)).toEqual(Option.some(Redacted.value(kept)))
      }
    })
  )

  it.effect("never looks the same twice", () =>
    Effect.gen(function* () {
      const box = yield* boxOf()
      expect(box.seal(secret, "hook-1")).not.toBe(box.seal(secret, "hook-1"))
    })
  )

  it.effect("opens for its owner alone", () =>
    Effect.gen(function* () {
      const box = yield* boxOf()
      const sealed = box.seal(secret, "hook-1")
      expect(box.open(sealed, "hook-2")).toEqual(Option.none())
      expect(box.open(sealed, "")).toEqual(Option.none())
    })
  )

  it.effect("does not open when one character of it was changed, or it is something else", () =>
    Effect.gen(function* () {
      const box = yield* boxOf()
      const sealed = box.seal(secret, "hook-1")
      for (let at = 0; at < sealed.length - 1; at++) {
        const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1)
        expect([at, box.open(changed, "hook-1")]).toEqual([at, Option.none()])
      }
      for (const text of [
        "",
        "box1.",
        "box1.AAAA",
        "whsec_plain",
        sealed.slice(0, -4),
        sealed.replace("box1", "box2")
      ]) {
        expect([text, box.open(text, "hook-1")]).toEqual([text, Option.none()])
      }
    })
  )

  it.effect("opens after the server's key was changed for as long as the one before is named, and then no more", () =>
    Effect.gen(function* () {
      const sealed = (yield* boxOf(first)).seal(secret, "hook-1")
      const changed = yield* boxOf(second, first)
      expect(Option.isSome(changed.open(sealed, "hook-1"))).toBe(true)
      expect(Option.isNone((yield* boxOf(second)).open(sealed, "hook-1"))).toBe(true)
      const anew = changed.seal(secret, "hook-1")
      expect(Option.isSome((yield* boxOf(second)).open(anew, "hook-1"))).toBe(true)
      expect(Option.isNone((yield* boxOf(third, first)).open(anew, "hook-1"))).toBe(true)
    })
  )
})
