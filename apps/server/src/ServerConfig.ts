// The settings in force: read once from the environment by the table of `config/settings.ts`, which `--help` prints.
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { groups } from "./config/groups.ts"
import { misspeltIn } from "./config/misspelt.ts"
import { ConfigInvalid, read, type Setting } from "./config/Setting.ts"
import { settings } from "./config/settings.ts"

type Values = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

/** Where settings come from: `process.env`, or a record in a test. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The settings in force. */
export class ServerConfig extends Context.Service<ServerConfig, Values>()("@messenger/server/ServerConfig") {
  /** Reads and checks every setting; the first that is wrong is the failure. Warns of names that look like settings and are none. */
  static readonly layer = (environment: Environment) =>
    Layer.effect(
      ServerConfig,
      Effect.andThen(
        Effect.forEach(misspeltIn(environment), ({ name, meant }) =>
          Effect.logWarning(`There is no setting ${name}: it is ignored. Did you mean ${meant}?`)
        ),
        parse(environment)
      )
    )
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
    databasePassword: of(settings.databasePassword),
    databaseCa: of(settings.databaseCa),
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

const fitTogether = (values: Values): Effect.Effect<void, ConfigInvalid> => {
  const conflict = Option.match(values.databaseUrl, {
    onNone: () => withoutDatabase(values),
    onSome: (url) => withDatabase(values, Redacted.value(url))
  })
  return conflict === undefined
    ? Effect.void
    : Effect.fail(new ConfigInvalid({ setting: conflict[0].name, expects: conflict[1], found: null }))
}

type Conflict = readonly [setting: Setting<unknown>, expects: string]

// Who names them believes to be on PostgreSQL.
const withoutDatabase = ({ databasePassword, databaseCa }: Values): Conflict | undefined => {
  const expects = `left empty when ${settings.databaseUrl.name} is not set`
  if (Option.isSome(databasePassword)) return [settings.databasePassword, expects]
  return Option.isSome(databaseCa) ? [settings.databaseCa, expects] : undefined
}

const withDatabase = ({ databasePassword, secretKey }: Values, url: string): Conflict | undefined => {
  const { name } = settings.databaseUrl
  // Several servers, or one that is moved, may use a database; a key in a data folder stays behind.
  if (Option.isNone(secretKey)) return [settings.secretKey, `set to ${settings.secretKey.expects} when ${name} is set`]
  const { password, searchParams } = new URL(url)
  return Option.isSome(databasePassword) && (password !== "" || searchParams.has("password"))
    ? [settings.databasePassword, `left empty when ${name} has a password in it`]
    : undefined
}

/** The names of all settings. */
export const settingNames: ReadonlyArray<string> = Object.values(settings).map(({ name }) => name)

/** What `--help` prints. */
export const help = (): string =>
  [
    "Messenger, a chat server. Usage: npm start",
    "",
    "Settings come from the environment, or from a file .env in this folder; the environment wins.",
    "",
    ...groups.flatMap(({ title, settings }) => [[title, ""], settings.map(helpOf), ""].flat())
  ].join("\n")

const helpOf = ({ name, fallback, unit, about }: Setting<unknown>): string => {
  const standard = fallback === "" ? "not set" : fallback
  return `  ${name}\n      ${about}\n      Default: ${standard} (${unit})`
}
