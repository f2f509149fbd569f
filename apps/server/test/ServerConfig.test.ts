import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { help, parse, settingNames } from "../src/ServerConfig.ts"

const sentenceOf = (environment: Record<string, string>) =>
  Effect.map(Effect.flip(parse(environment)), ({ message }) => message)

describe("the settings", () => {
  it.effect("have defaults that serve this machine alone", () =>
    Effect.gen(function* () {
      const config = yield* parse({})
      expect(config).toMatchObject({ port: 4000, host: "127.0.0.1", dataDir: "./data", logLevel: "Info" })
      expect(Option.isNone(config.publicUrl)).toBe(true)
    })
  )

  it.effect("take an empty value for none", () =>
    Effect.gen(function* () {
      const { port, publicUrl } = yield* parse({ PORT: "", PUBLIC_URL: " " })
      expect(port).toBe(4000)
      expect(Option.isNone(publicUrl)).toBe(true)
    })
  )

  it.effect("keep of the public address what browsers call an origin", () =>
    Effect.gen(function* () {
      for (const given of ["https://chat.example.org", "https://chat.example.org/", "HTTPS://Chat.Example.org:443"]) {
        const { publicUrl } = yield* parse({ PUBLIC_URL: given })
        expect(publicUrl).toEqual(Option.some("https://chat.example.org"))
      }
    })
  )

  it.effect("hold secrets so that they are not printed by accident", () =>
    Effect.gen(function* () {
      const { databaseUrl } = yield* parse({ DATABASE_URL: "postgres://ada:secret@db/chat" })
      expect(JSON.stringify(databaseUrl)).not.toContain("secret")
      expect(Redacted.value(Option.getOrThrow(databaseUrl))).toContain("secret")
    })
  )

  it.effect("are refused with one sentence that says what they must be", () =>
    Effect.gen(function* () {
      expect(yield* sentenceOf({ PORT: "http" })).toBe(
        'The setting PORT must be a whole number from 0 to 65535, but is "http".'
      )
      expect(yield* sentenceOf({ PORT: "65536" })).toContain("PORT")
      expect(yield* sentenceOf({ HOST: "my host" })).toContain("HOST")
      expect(yield* sentenceOf({ PUBLIC_URL: "chat.example.org" })).toContain("https://chat.example.org")
      expect(yield* sentenceOf({ PUBLIC_URL: "https://example.org/chat" })).toContain("without a path")
      expect(yield* sentenceOf({ LOG_LEVEL: "loud" })).toContain("Debug, Info, Warn, Error or None")
      expect(yield* sentenceOf({ SOCKETS_PER_USER: "-1" })).toContain("SOCKETS_PER_USER")
    })
  )

  it.effect("do not show a secret that is wrong", () =>
    Effect.gen(function* () {
      const sentence = yield* sentenceOf({ DATABASE_URL: "mysql://ada:secret@db/chat" })
      expect(sentence).toContain("DATABASE_URL")
      expect(sentence).not.toContain("secret")
      expect(yield* sentenceOf({ METRICS_TOKEN: "short" })).not.toContain("short")
    })
  )

  it("are all in the help, with default and unit", () => {
    const text = help()
    expect(settingNames.filter((name) => !text.includes(`\n  ${name}\n`))).toEqual([])
    expect(text).toContain("Default: 4000 (TCP port)")
  })
})
