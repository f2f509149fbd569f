// All settings of the server in one table: the environment is read by it, and `--help` prints it.
import { Context, Effect, Layer, Option, Schema, SchemaTransformation } from "effect"

/** A setting has a value that it cannot have. The message is one sentence for whoever starts the server; it holds no secret. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  setting: Schema.String,
  expects: Schema.String,
  /** What was found, unless the setting is a secret. */
  found: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    const found = this.found === null ? "" : `, but is ${JSON.stringify(this.found)}`
    return `The setting ${this.setting} must be ${this.expects}${found}.`
  }
}

/** One setting: its name in the environment, what it may be, and what it is for. */
interface Setting<Value> {
  readonly name: string
  /** The value when it is absent or empty. */
  readonly fallback: string
  readonly unit: string
  readonly about: string
  /** Ends the sentence "The setting NAME must be ...". */
  readonly expects: string
  readonly isSecret: boolean
  readonly decode: (raw: string) => Option.Option<Value>
}

type Description = Pick<Setting<unknown>, "fallback" | "unit" | "about" | "expects"> & { readonly isSecret?: boolean }

const setting = <S extends Schema.ConstraintDecoder<unknown>>(
  name: string,
  schema: S,
  description: Description
): Setting<S["Type"]> => ({ name, isSecret: false, ...description, decode: Schema.decodeUnknownOption(schema) })

const absentAsNone = <Value>(known: Setting<Value>): Setting<Option.Option<Value>> => ({
  ...known,
  decode: (raw) => (raw === "" ? Option.some(Option.none()) : Option.map(known.decode(raw), Option.some))
})

const wholeNumber = (minimum: number, maximum: number) =>
  Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum }))

// Kept as a browser's `Origin` header says it: scheme, host and port, nothing behind them.
const Origin = Schema.String.check(
  Schema.makeFilter((text: string) => /^https?:\/\/[^/?#@\s]+\/?$/i.test(text) && URL.canParse(text))
).pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: (text) => new URL(text).origin, encode: (origin) => origin })
  )
)

const PostgresUrl = Schema.String.check(Schema.isPattern(/^postgres(ql)?:\/\/\S+$/))

const count = { expects: "a whole number from 0 to 1000000", unit: "connections; 0 for no limit" }

const rate = { expects: "a whole number from 1 to 1000000", unit: "per minute; a quarter of it may come at once" }

const settings = {
  port: setting("PORT", wholeNumber(0, 65_535), {
    fallback: "4000",
    unit: "TCP port",
    about: "Where the server listens; 0 takes any free port.",
    expects: "a whole number from 0 to 65535"
  }),
  host: setting("HOST", Schema.String.check(Schema.isPattern(/^[A-Za-z0-9.:_-]+$/)), {
    fallback: "127.0.0.1",
    unit: "address",
    about: "The network interface to listen on; 0.0.0.0 lets other machines in.",
    expects: "an IP address or a host name"
  }),
  dataDir: setting("DATA_DIR", Schema.String.check(Schema.isMinLength(1)), {
    fallback: "./data",
    unit: "folder",
    about: "Where the embedded database lives; made when it is absent.",
    expects: "the path of a folder"
  }),
  publicUrl: absentAsNone(
    setting("PUBLIC_URL", Origin, {
      fallback: "",
      unit: "address",
      about: "The address people use, like https://chat.example.org; needed behind a proxy or a name.",
      expects: "an http or https address without a path, like https://chat.example.org"
    })
  ),
  databaseUrl: absentAsNone(
    setting("DATABASE_URL", Schema.RedactedFromValue(PostgresUrl), {
      fallback: "",
      unit: "address",
      about: "A PostgreSQL database, like postgres://user:password@host/name, instead of the embedded one.",
      expects: "an address that begins with postgres://",
      isSecret: true
    })
  ),
  metricsToken: absentAsNone(
    setting("METRICS_TOKEN", Schema.RedactedFromValue(Schema.String.check(Schema.isMinLength(16))), {
      fallback: "",
      unit: "text",
      about: "Lets whoever sends it as a bearer token read /metrics from elsewhere than this machine.",
      expects: "at least 16 characters long",
      isSecret: true
    })
  ),
  logLevel: setting("LOG_LEVEL", Schema.Literals(["Debug", "Info", "Warn", "Error", "None"]), {
    fallback: "Info",
    unit: "level",
    about: "The least important of the log lines that are written.",
    expects: "Debug, Info, Warn, Error or None"
  }),
  socketsPerAddress: setting("SOCKETS_PER_ADDRESS", wholeNumber(0, 1_000_000), {
    ...count,
    fallback: "1000",
    about: "The most open connections from one address; behind a proxy all come from one."
  }),
  socketsPerUser: setting("SOCKETS_PER_USER", wholeNumber(0, 1_000_000), {
    ...count,
    fallback: "30",
    about: "The most open connections of one person, all devices and tabs together."
  }),
  followsPerSocket: setting("FOLLOWS_PER_SOCKET", wholeNumber(1, 10_000), {
    fallback: "200",
    unit: "feeds",
    about: "The most rooms that one connection follows at a time.",
    expects: "a whole number from 1 to 10000"
  }),
  postsPerMinute: setting("POSTS_PER_MINUTE", wholeNumber(1, 1_000_000), {
    ...rate,
    fallback: "120",
    about: "The most messages that one person posts, edits and deletes."
  }),
  followsPerMinute: setting("FOLLOWS_PER_MINUTE", wholeNumber(1, 1_000_000), {
    ...rate,
    fallback: "240",
    about: "The most feeds that one person opens, all devices and tabs together."
  }),
  guestsPerMinute: setting("GUESTS_PER_MINUTE", wholeNumber(1, 1_000_000), {
    ...rate,
    fallback: "80",
    about: "The most new guests from one address; behind a proxy all come from one."
  }),
  drainSeconds: setting("DRAIN_SECONDS", wholeNumber(0, 300), {
    fallback: "10",
    unit: "seconds",
    about: "How long a server that is asked to stop waits for what is under way.",
    expects: "a whole number from 0 to 300"
  })
}

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
  const read = <Value>(known: Setting<Value>): Effect.Effect<Value, ConfigInvalid> => {
    const given = environment[known.name]?.trim() ?? ""
    return Option.match(known.decode(given === "" ? known.fallback : given), {
      onSome: Effect.succeed,
      onNone: () =>
        Effect.fail(
          new ConfigInvalid({ setting: known.name, expects: known.expects, found: known.isSecret ? null : given })
        )
    })
  }
  return Effect.all({
    port: read(settings.port),
    host: read(settings.host),
    dataDir: read(settings.dataDir),
    publicUrl: read(settings.publicUrl),
    databaseUrl: read(settings.databaseUrl),
    metricsToken: read(settings.metricsToken),
    logLevel: read(settings.logLevel),
    socketsPerAddress: read(settings.socketsPerAddress),
    socketsPerUser: read(settings.socketsPerUser),
    followsPerSocket: read(settings.followsPerSocket),
    postsPerMinute: read(settings.postsPerMinute),
    followsPerMinute: read(settings.followsPerMinute),
    guestsPerMinute: read(settings.guestsPerMinute),
    drainSeconds: read(settings.drainSeconds)
  })
}

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
