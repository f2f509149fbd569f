import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { help, parse, settingNames } from "../src/ServerConfig.ts"
import { fileWith, makeAuthority } from "./support/PostgresServer.ts"
import { temporaryFolder } from "./support/ServerProcess.ts"

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
      const { databaseUrl } = yield* parse({
        DATABASE_URL: "postgres://ada:secret@db/chat",
        SECRET_KEY: "k".repeat(32)
      })
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
      for (const name of ["METRICS_TOKEN", "SECRET_KEY", "SECRET_KEY_PREVIOUS", "OWNER_TOKEN"]) {
        const refusal = yield* sentenceOf({ [name]: "short" })
        expect(refusal).toContain(name)
        expect(refusal).not.toContain("short")
      }
    })
  )

  it.effect("need a key of the operator's own when the database is not in the data folder", () =>
    Effect.gen(function* () {
      const databaseUrl = { DATABASE_URL: "postgres://ada:secret@db/chat" }
      expect(yield* sentenceOf(databaseUrl)).toBe(
        "The setting SECRET_KEY must be set to a text of at least 32 characters (openssl rand -base64 32 makes one) when DATABASE_URL is set."
      )
      yield* parse({ ...databaseUrl, SECRET_KEY: "k".repeat(32) })
    })
  )

  it.effect("take the password of the database in its address or beside it, and not both", () =>
    Effect.gen(function* () {
      const beside = { DATABASE_URL: "postgres://ada@db/chat", SECRET_KEY: "k".repeat(32), DATABASE_PASSWORD: "p@ss#/" }
      const { databasePassword } = yield* parse(beside)
      expect(Option.map(databasePassword, Redacted.value)).toEqual(Option.some("p@ss#/"))
      expect(JSON.stringify(databasePassword)).not.toContain("p@ss")
      for (const url of ["postgres://ada:secret@db/chat", "postgres://ada@db/chat?password=secret"]) {
        expect(yield* sentenceOf({ ...beside, DATABASE_URL: url })).toBe(
          "The setting DATABASE_PASSWORD must be left empty when DATABASE_URL has a password in it."
        )
      }
    })
  )

  it.effect("refuse what belongs to PostgreSQL where there is none, so that nobody believes to be on it", () =>
    Effect.gen(function* () {
      const authority = yield* fileWith((yield* makeAuthority).ca)
      expect(yield* sentenceOf({ DATABASE_PASSWORD: "secret" })).toBe(
        "The setting DATABASE_PASSWORD must be left empty when DATABASE_URL is not set."
      )
      expect(yield* sentenceOf({ DATABASE_CA: authority })).toContain("DATABASE_CA")
    })
  )

  it.effect("refuse an address of a database whose password is not written as addresses are", () =>
    Effect.gen(function* () {
      for (const password of ["p@zz/word", "p#zz", "p/zz"]) {
        const sentence = yield* sentenceOf({ DATABASE_URL: `postgres://ada:${password}@db/chat` })
        expect(sentence).toContain("special characters in it written like %40")
        expect(sentence).not.toContain("zz")
      }
    })
  )

  it.effect("read the authorities of a database from their file, and nothing else in it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "ca.pem")
      const postgres = { DATABASE_URL: "postgres://ada@db/chat", SECRET_KEY: "k".repeat(32), DATABASE_CA: path }
      const authorities = [yield* makeAuthority, yield* makeAuthority]
      writeFileSync(path, authorities.map(({ ca }) => `An authority\r\n${ca}`).join("\n"))
      const { databaseCa } = yield* parse(postgres)
      expect(Option.getOrThrow(databaseCa).match(/BEGIN/g)).toHaveLength(2)
      for (const text of ["", "no certificate", authorities[0]?.key ?? "", (authorities[0]?.ca ?? "").slice(0, -60)]) {
        writeFileSync(path, text)
        expect(yield* sentenceOf(postgres)).toBe(
          `The setting DATABASE_CA must be the path of a readable file with certificates in PEM, but is ${JSON.stringify(path)}.`
        )
      }
      expect(yield* sentenceOf({ ...postgres, DATABASE_CA: folder })).toContain("DATABASE_CA")
      expect(yield* sentenceOf({ ...postgres, DATABASE_CA: join(folder, "none") })).toContain("DATABASE_CA")
    })
  )

  it.effect("take networks and single addresses for proxies, and nothing that is neither", () =>
    Effect.gen(function* () {
      const { trustedProxies } = yield* parse({ TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.7,2001:db8::/32,::1" })
      expect(trustedProxies.map(String)).toEqual(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128"])
      expect((yield* parse({})).trustedProxies).toEqual([])
      for (const given of ["proxy.example.org", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/8;::1", "*"]) {
        expect(yield* sentenceOf({ TRUSTED_PROXIES: given })).toContain("TRUSTED_PROXIES")
      }
    })
  )

  it.effect("take networks, addresses and host names for what webhooks may call in one's own network", () =>
    Effect.gen(function* () {
      const { webhookAllow } = yield* parse({ WEBHOOK_ALLOW: "10.0.0.0/8, ::1,Build.example.org.,ci" })
      expect(webhookAllow.map(String)).toEqual(["10.0.0.0/8", "::1/128", "build.example.org", "ci"])
      expect((yield* parse({})).webhookAllow).toEqual([])
      for (const given of ["*", "http://ci", "10.0.0.1/8", "10.0.0.256", "ci:8080", "*.example.org"]) {
        expect(yield* sentenceOf({ WEBHOOK_ALLOW: given })).toContain("WEBHOOK_ALLOW")
      }
    })
  )

  it.effect("take for allowed origins only what one page can say it is", () =>
    Effect.gen(function* () {
      const { allowedOrigins } = yield* parse({ ALLOWED_ORIGINS: "https://App.example.org/, http://localhost:5173" })
      expect(allowedOrigins).toEqual(["https://app.example.org", "http://localhost:5173"])
      for (const given of ["*", "null", "https://*.example.org", "https://example.org,*", "https://example.org/app"]) {
        expect(yield* sentenceOf({ ALLOWED_ORIGINS: given })).toContain("ALLOWED_ORIGINS")
      }
    })
  )

  it.effect("say who may come in, and for how long things are kept", () =>
    Effect.gen(function* () {
      const standard = yield* parse({})
      expect(standard).toMatchObject({
        registration: "open",
        allowsGuests: true,
        socketTokenDays: 14,
        auditAddressDays: 90
      })
      const strict = yield* parse({ REGISTRATION: "invite", GUESTS: "off", SOCKET_TOKEN_DAYS: "1" })
      expect(strict).toMatchObject({ registration: "invite", allowsGuests: false, socketTokenDays: 1 })
      expect(yield* sentenceOf({ GUESTS: "no" })).toBe('The setting GUESTS must be on or off, but is "no".')
      expect(yield* sentenceOf({ SOCKET_TOKEN_DAYS: "0" })).toContain("SOCKET_TOKEN_DAYS")
    })
  )

  it("are all in the help, with default and unit", () => {
    const text = help()
    expect(settingNames.filter((name) => !text.includes(`\n  ${name}\n`))).toEqual([])
    expect(text).toContain("Default: 4000 (TCP port)")
  })
})
