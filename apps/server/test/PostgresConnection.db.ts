import * as Postgres from "@messenger/storage/Postgres"
import { ServerLease } from "@messenger/storage/ServerLease"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { fileWith, makeAuthority, password, startServer } from "./support/PostgresServer.ts"
import { startProcess, temporaryFolder } from "./support/ServerProcess.ts"
import { enter, open, until } from "./support/WireClient.ts"

// Processes are started here, several at a time on a busy machine.
const slow = { timeout: 90_000 }

/** What a server that cannot start says, in one sentence. */
const refusal = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>>) {
  const server = yield* startProcess(yield* temporaryFolder, settings)
  expect(yield* server.exitCode).toBe(1)
  expect(server.output()).toBe("")
  expect(server.errors()).toMatch(/^[A-Z][^\n]*\.\n$/)
  expect(server.errors()).not.toContain(password)
  return server.errors()
})

const onTls = Effect.gen(function* () {
  const authority = yield* makeAuthority
  const postgres = yield* startServer(authority)
  return { ...postgres, ca: yield* fileWith(authority.ca) }
})

describe("a database that is spoken to over TLS", () => {
  it.live(
    "is one whose certificate is by the authority of DATABASE_CA, on every connection and whatever sslmode says",
    () =>
      Effect.gen(function* () {
        const { asAdmin, ca, settings } = yield* onTls
        for (const query of ["", "?sslmode=disable"]) {
          const server = yield* startProcess(yield* temporaryFolder, {
            ...settings("localhost", query),
            DATABASE_CA: ca
          })
          const url = yield* server.url
          yield* enter({ url }, "Ada")
          const connections = `FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'ada'`
          // The lease's, the commits' and one for reads.
          expect((yield* asAdmin(`SELECT pid ${connections} AND ssl`)).length).toBeGreaterThanOrEqual(2)
          expect(yield* asAdmin(`SELECT pid ${connections} AND NOT ssl`)).toEqual([])
          server.kill("SIGTERM")
          expect(yield* server.exitCode).toBe(0)
        }
      }),
    slow
  )

  it.live(
    "is refused when another authority made its certificate, and says so",
    () =>
      Effect.gen(function* () {
        const { settings } = yield* onTls
        const stranger = yield* fileWith((yield* makeAuthority).ca)
        expect(yield* refusal({ ...settings(), DATABASE_CA: stranger })).toContain(
          "DATABASE_CA must name the file of the authority that made its certificate"
        )
        // The authorities that this machine knows do not know it either.
        expect(yield* refusal(settings("localhost", "?sslmode=require"))).toContain("DATABASE_CA must name the file")
      }),
    slow
  )

  it.live(
    "is refused when its certificate is for another host, and says for which",
    () =>
      Effect.gen(function* () {
        const { ca, settings } = yield* onTls
        expect(yield* refusal({ ...settings("127.0.0.1"), DATABASE_CA: ca })).toContain("(DNS:localhost)")
      }),
    slow
  )

  it.live(
    "is refused when it speaks no TLS",
    () =>
      Effect.gen(function* () {
        const { settings } = yield* startServer()
        const ca = yield* fileWith((yield* makeAuthority).ca)
        expect(yield* refusal({ ...settings(), DATABASE_CA: ca })).toContain("turn ssl on there")
        expect(yield* refusal({ ...settings("localhost", "?sslmode=prefer"), DATABASE_CA: ca })).toContain("TLS")
      }),
    slow
  )
})

describe("a database that does not let the server in", () => {
  it.live(
    "says at the start what it does not know, and no password",
    () =>
      Effect.gen(function* () {
        const { settings } = yield* startServer()
        const { DATABASE_PASSWORD: _, ...withoutPassword } = settings()
        expect(yield* refusal(withoutPassword)).toContain("give the password")
        const wrong = "not the password"
        const sentence = yield* refusal({ ...withoutPassword, DATABASE_PASSWORD: wrong })
        expect(sentence).toContain('password authentication failed for user "ada": set the user and the password')
        expect(sentence).not.toContain(wrong)
      }),
    slow
  )

  it.live(
    "because its password was changed ends the server in order, with all that was acknowledged",
    () =>
      Effect.gen(function* () {
        const { asAdmin, settings } = yield* startServer()
        const folder = yield* temporaryFolder
        const before = settings()
        const first = yield* startProcess(folder, before)
        const url = yield* first.url
        const cookie = yield* enter({ url }, "Ada")
        const client = yield* open({ url }, { headers: { cookie, origin: url } })
        client.ask("hello", "Handshake", { contract: 1 })
        yield* client.exitOf("hello")
        client.ask("post", "PostMessage", { roomId: "lobby", key: "key-00000001", text: "before the change" })
        expect((yield* client.exitOf("post"))._tag).toBe("Success")

        yield* asAdmin("ALTER ROLE ada PASSWORD 'another one'")
        yield* asAdmin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ada'")
        expect((yield* client.closed).code).toBe(1012)
        expect(yield* first.exitCode).toBe(1)
        expect(first.errors()).toMatch(
          /^The database postgres:\S+ no longer lets this server in: [^\n]*DATABASE_PASSWORD[^\n]*\.\n$/
        )
        expect(first.output() + first.errors()).not.toContain(password)

        const second = yield* startProcess(folder, { ...before, DATABASE_PASSWORD: "another one" })
        const again = yield* second.url
        const back = yield* open({ url: again }, { headers: { cookie, origin: again } })
        back.ask("hello", "Handshake", { contract: 1 })
        back.ask("room", "FollowRoom", { roomId: "lobby" })
        yield* until("the message", () => JSON.stringify(back.received).includes("before the change"))
      }),
    slow
  )

  it.live(
    "any more is found out while the connections that are open still work",
    () =>
      Effect.gen(function* () {
        const { asAdmin, settings } = yield* startServer()
        const { DATABASE_PASSWORD, DATABASE_URL } = settings()
        const address = { url: Redacted.make(DATABASE_URL), password: Redacted.make(DATABASE_PASSWORD) }
        const database = yield* Layer.build(Postgres.layerDatabase({ ...address, leaseExpiry: "300 millis" }))
        const lost = Effect.provideContext(Effect.flip(Effect.flatMap(ServerLease, (lease) => lease.lost)), database)
        // Log-ins anew, all of them granted.
        expect((yield* Effect.timeoutOption(lost, "3 seconds"))._tag).toBe("None")
        yield* asAdmin("ALTER ROLE ada PASSWORD 'another one'")
        expect((yield* lost)._tag).toBe("LogInRefused")
      }),
    slow
  )
})
