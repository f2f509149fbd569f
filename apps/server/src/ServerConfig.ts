// The settings in force: read once from the environment by the table of `config/settings.ts`, which `--help` prints.
import { Context, Effect, Layer, Option } from "effect"
import { ConfigInvalid, read, type Setting } from "./config/Setting.ts"
import { settings } from "./config/settings.ts"

type Values = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

/** Where settings come from: `process.env`, or a record in a test. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The settings in force. */
export class ServerConfig extends Context.Service<ServerConfig, Values>()("@messenger/server/ServerConfig") {
  /** Reads and checks every setting; the first that is wrong is the failure. */
  static readonly layer = (environment: Environment) => Layer.effect(ServerConfig, parse(environment))
}

/** Reads and checks every setting. */
export const parse = (environment: Environment): Effect.Effect<Values, ConfigInvalid> => {
  const of = <Value>(known: Setting<Value>) => read(known, environment)
  return Effect.all({
    port: of(settings.port),
    host: of(settings.host),
    dataDir: of(settings.dataDir),
    publicUrl: of(settings.publicUrl),
    allowedOrigins: of(settings.allowedOrigins),
    trustedProxies: of(settings.trustedProxies),
    databaseUrl: of(settings.databaseUrl),
    secretKey: of(settings.secretKey),
    secretKeyPrevious: of(settings.secretKeyPrevious),
    registration: of(settings.registration),
    allowsGuests: of(settings.allowsGuests),
    ownerToken: of(settings.ownerToken),
    socketTokenDays: of(settings.socketTokenDays),
    auditAddressDays: of(settings.auditAddressDays),
    metricsToken: of(settings.metricsToken),
    webhookAllow: of(settings.webhookAllow),
    logLevel: of(settings.logLevel),
    socketsPerAddress: of(settings.socketsPerAddress),
    socketsPerUser: of(settings.socketsPerUser),
    followsPerSocket: of(settings.followsPerSocket),
    postsPerMinute: of(settings.postsPerMinute),
    followsPerMinute: of(settings.followsPerMinute),
    guestsPerMinute: of(settings.guestsPerMinute),
    drainSeconds: of(settings.drainSeconds)
  }).pipe(Effect.tap(fitTogether))
}

// Several servers, or one that is moved, may use a database; a key in a data folder stays behind.
const fitTogether = ({ databaseUrl, secretKey }: Values): Effect.Effect<void, ConfigInvalid> =>
  Option.isSome(databaseUrl) && Option.isNone(secretKey)
    ? Effect.fail(
        new ConfigInvalid({
          setting: settings.secretKey.name,
          expects: `set to ${settings.secretKey.expects} when ${settings.databaseUrl.name} is set`,
          found: null
        })
      )
    : Effect.void

/** The names of all settings, in the order of the table. */
export const settingNames: ReadonlyArray<string> = Object.values(settings).map(({ name }) => name)

/** What `--help` prints. */
export const help = (): string => {
  const lines = Object.values(settings).map(({ name, fallback, unit, about }) => {
    const standard = fallback === "" ? "not set" : fallback
    return `  ${name}\n      ${about}\n      Default: ${standard} (${unit})`
  })
  return [
    "Messenger, a chat server. Usage: npm start",
    "",
    "Settings come from the environment, or from a file .env in this folder; the environment wins.",
    "",
    ...lines,
    ""
  ].join("\n")
}
