// A PostgreSQL that is reached by the network, as those of operators are: with a password, and over TLS with an authority of its own.
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { generate } from "selfsigned"
import { startPostgres } from "../../../../tests/postgres.ts"
import { temporaryFolder } from "./ServerProcess.ts"

/** A password in which everything stands that means something in an address or a file of settings. */
export const password = "p@ss:wörd/#%20 $HOME\\"

const keyOf = { keyType: "ec", algorithm: "sha256" } as const

/** The certificate of an authority, and one by it for the host `localhost`. */
export const makeAuthority = Effect.promise(async () => {
  const authority = await generate([{ name: "commonName", value: `Authority ${randomUUID()}` }], {
    ...keyOf,
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "keyUsage", keyCertSign: true }
    ]
  })
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...keyOf,
    // 2 is a DNS name (GeneralName, RFC 5280, 4.2.1.6).
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    ca: { key: authority.private, cert: authority.cert }
  })
  return { ca: authority.cert, key: server.private, certificate: server.cert }
})

/** Starts one with a role `ada` whose password is `password`, and her database; it knows TLS if it is given a certificate. */
export const startServer = Effect.fnUntraced(function* (tls?: { readonly key: string; readonly certificate: string }) {
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres({ listens: tls === undefined ? {} : { tls } })),
    ({ stop }) => Effect.promise(stop)
  )
  const admin = yield* PgClient.make({ url: Redacted.make(server.url) }).pipe(Effect.provide(Reactivity.layer))
  const asAdmin = (sql: string) => Effect.orDie(admin.unsafe(sql))
  yield* asAdmin(`CREATE ROLE ada LOGIN PASSWORD '${password}'`)
  yield* asAdmin("CREATE DATABASE chat OWNER ada")
  /** What names the database to a server, by a host and with what else an address may say. */
  const settings = (host = "localhost", query = "") => ({
    DATABASE_URL: `postgres://ada@${host}:${server.port}/chat${query}`,
    DATABASE_PASSWORD: password,
    SECRET_KEY: randomUUID()
  })
  return { settings, asAdmin }
})

/** A file that holds this text, until the scope closes. */
export const fileWith = Effect.fnUntraced(function* (text: string) {
  const path = join(yield* temporaryFolder, "file.pem")
  writeFileSync(path, text)
  return path
})
