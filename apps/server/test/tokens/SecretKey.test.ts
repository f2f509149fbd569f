import { describe, expect, it } from "@effect/vitest"
import { SessionId } from "@messenger/protocol/Device"
import { Effect, Layer, Option, type Redacted } from "effect"
import { TestClock } from "effect/testing"
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ServerConfig, type Environment } from "../../src/ServerConfig.ts"
import { SecretKey } from "../../src/tokens/SecretKey.ts"
import { SocketTokens } from "../../src/tokens/SocketTokens.ts"
import { temporaryFolder } from "../support/ServerProcess.ts"

/** Runs as a server with these settings would. */
const as = <A, E>(environment: Environment, effect: Effect.Effect<A, E, SecretKey | SocketTokens>) =>
  Effect.provide(
    effect,
    Layer.provideMerge(SocketTokens.layer, Layer.provideMerge(SecretKey.layer, ServerConfig.layer(environment)))
  )

const keyFor = (environment: Environment, purpose = "a purpose") =>
  as(
    environment,
    Effect.map(SecretKey, ({ keysFor }) => keysFor(purpose).signing.export().toString("hex"))
  )

const sessionId = SessionId.make("a-session")

const issue = (environment: Environment) =>
  as(
    environment,
    Effect.flatMap(SocketTokens, (tokens) => Effect.map(tokens.issue(sessionId), ({ token }) => token))
  )

const verify = (environment: Environment, token: Redacted.Redacted) =>
  as(
    environment,
    Effect.flatMap(SocketTokens, (tokens) => tokens.verify(token))
  )

const [first, second, third] = ["first", "second", "third"].map((text) => text.padEnd(32, "."))
const sentenceOf = (environment: Environment) => Effect.map(Effect.flip(keyFor(environment)), ({ message }) => message)

describe("the key of a server", () => {
  it.effect("is made once in the data folder, for this user alone, and found there again", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "data")
      const made = yield* keyFor({ DATA_DIR: folder })
      expect(readdirSync(folder)).toEqual(["secret.key"])
      expect(readFileSync(join(folder, "secret.key")).length).toBe(32)
      expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600)
      expect(yield* keyFor({ DATA_DIR: folder })).toBe(made)
      expect(yield* keyFor({ DATA_DIR: yield* temporaryFolder })).not.toBe(made)
    })
  )

  it.effect("is one, however many make it at the same time", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const made = yield* Effect.all(
        Array.from({ length: 8 }, () => keyFor({ DATA_DIR: folder })),
        { concurrency: "unbounded" }
      )
      expect(new Set(made).size).toBe(1)
      expect(readdirSync(folder)).toEqual(["secret.key"])
    })
  )

  it.effect("is the operator's own where there is one, and nothing is written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const own = yield* keyFor({ DATA_DIR: folder, SECRET_KEY: first })
      expect(yield* keyFor({ SECRET_KEY: first })).toBe(own)
      expect(yield* keyFor({ SECRET_KEY: second })).not.toBe(own)
      expect(readdirSync(folder)).toEqual([])
    })
  )

  it.effect("differs from purpose to purpose", () =>
    Effect.gen(function* () {
      expect(yield* keyFor({ SECRET_KEY: first }, "one")).not.toBe(yield* keyFor({ SECRET_KEY: first }, "other"))
    })
  )

  it.effect("is refused with one sentence when its file is no key", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const content of ["", "short", "x".repeat(33)]) {
        writeFileSync(join(folder, "secret.key"), content, { mode: 0o600 })
        const sentence = yield* sentenceOf({ DATA_DIR: folder })
        expect(sentence).toContain("holds no key")
        expect(sentence).toMatch(/^[A-Z][^\n]*\.$/)
      }
    })
  )

  it.effect("is refused when everybody may read it, and not when a group may", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* keyFor({ DATA_DIR: folder })
      chmodSync(join(folder, "secret.key"), 0o660)
      yield* keyFor({ DATA_DIR: folder })
      chmodSync(join(folder, "secret.key"), 0o604)
      expect(yield* sentenceOf({ DATA_DIR: folder })).toContain("chmod 600")
    })
  )

  it.effect("is refused when it can be neither read nor made", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "secret.key"))
      expect(yield* sentenceOf({ DATA_DIR: folder })).toContain("cannot be read or made")
      writeFileSync(join(folder, "file"), "")
      expect(yield* sentenceOf({ DATA_DIR: join(folder, "file", "data") })).toContain("cannot be read or made")
    })
  )
})

describe("socket tokens", () => {
  it.effect("outlive a restart, and end after the days that the setting says", () =>
    Effect.gen(function* () {
      const environment = { SECRET_KEY: first, SOCKET_TOKEN_DAYS: "2" }
      const token = yield* issue(environment)
      yield* TestClock.adjust("2 days")
      expect(yield* verify(environment, token)).toEqual(Option.some({ sessionId, expiresAt: 2 * 86_400_000 }))
      yield* TestClock.adjust("1 millis")
      expect(yield* verify(environment, token)).toEqual(Option.none())
    })
  )

  it.effect("stay valid while the key is changed, and end when the one before is given up", () =>
    Effect.gen(function* () {
      const old = yield* issue({ SECRET_KEY: first })
      const changing = { SECRET_KEY: second, SECRET_KEY_PREVIOUS: first }
      expect(Option.isSome(yield* verify(changing, old))).toBe(true)
      const fresh = yield* issue(changing)
      expect(Option.isNone(yield* verify({ SECRET_KEY: first }, fresh))).toBe(true)
      expect(Option.isSome(yield* verify({ SECRET_KEY: second }, fresh))).toBe(true)
      expect(Option.isNone(yield* verify({ SECRET_KEY: second }, old))).toBe(true)
      expect(Option.isNone(yield* verify({ SECRET_KEY: third, SECRET_KEY_PREVIOUS: second }, old))).toBe(true)
    })
  )
})
