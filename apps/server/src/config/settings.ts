// All settings of the server, in one table.
import { Option, Result, Schema, SchemaTransformation } from "effect"
import * as Host from "effect/net/Host"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import { absentAsNone, certificates, list, secret, setting } from "./Setting.ts"

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

// A page of many hosts is none: what a page may do is decided for that one page.
const originOf = (text: string) => (text.includes("*") ? Option.none() : Schema.decodeUnknownOption(Origin)(text))

/** A network, or the network of one address. */
const networkOf = (text: string): Option.Option<IpNetwork.IpNetwork> =>
  Result.getSuccess(
    text.includes("/")
      ? IpNetwork.fromString(text)
      : Result.flatMap(NetAddress.ipFromString(text), (address) =>
          IpNetwork.fromAddress(address, NetAddress.width(address))
        )
  )

/** Networks of one's own, and hosts in them by name. */
export type OwnNetwork = IpNetwork.IpNetwork | Host.DomainName

const ownNetworkOf = (text: string): Option.Option<OwnNetwork> =>
  Option.orElse(networkOf(text), () =>
    Option.map(Result.getSuccess(Host.domainNameFromString(text)), (name) => Host.toRelative(name))
  )

const textOf = (minimum: number) => Schema.String.check(Schema.isMinLength(minimum))

const onOrOff = Schema.Literals(["on", "off"]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({ decode: (text) => text === "on", encode: (isOn) => (isOn ? "on" : "off") })
  )
)

/**
 * An address of a PostgreSQL database. A password with a bare #, ? or / in it ends the address early: what follows would be taken for
 * the host or the database, and what comes before would be printed as such.
 */
export const PostgresUrl = Schema.String.check(
  Schema.isPattern(/^postgres(ql)?:\/\/[^\s#]+$/),
  Schema.makeFilter((text: string) => {
    const url = URL.parse(text)
    return url !== null && !`${url.pathname}${url.search}`.includes("@")
  })
)

const count = { expects: "a whole number from 0 to 1000000", unit: "connections; 0 for no limit" }

const rate = { expects: "a whole number from 1 to 1000000", unit: "per minute; a quarter of it may come at once" }

/** The table. What concerns one thing is put together by `groups.ts`. */
export const settings = {
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
    about: "Where the embedded database and the server's own key live; made when it is absent.",
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
  allowedOrigins: list("ALLOWED_ORIGINS", originOf, {
    unit: "addresses, with commas",
    about: "Other addresses whose pages may act here for whoever is logged in, like https://app.example.org.",
    expects: "http or https addresses without a path, with commas between them; neither * nor null"
  }),
  trustedProxies: list("TRUSTED_PROXIES", networkOf, {
    unit: "addresses or networks, with commas",
    about: "The proxies whose word on a client's address, host and protocol counts, like 10.0.0.0/8,::1.",
    expects: "IP addresses or networks like 10.0.0.0/8, with commas between them"
  }),
  databaseUrl: secret("DATABASE_URL", PostgresUrl, {
    unit: "address",
    about: "A PostgreSQL database, like postgres://user:password@host/name, instead of the embedded one.",
    expects: "an address like postgres://user:password@host/name, with special characters in it written like %40"
  }),
  databasePassword: secret("DATABASE_PASSWORD", textOf(1), {
    unit: "text",
    about: "The password of the database, just as it is, where DATABASE_URL has none.",
    expects: "a text"
  }),
  databaseCa: certificates("DATABASE_CA", {
    unit: "file",
    about: "The certificates by which alone the database is known: it is spoken to over TLS, and must prove its name.",
    expects: "the path of a readable file with certificates in PEM"
  }),
  secretKey: secret("SECRET_KEY", textOf(32), {
    unit: "text",
    about: "What tokens are signed with; without it a key is made once in DATA_DIR. Needed with DATABASE_URL.",
    expects: "a text of at least 32 characters (openssl rand -base64 32 makes one)"
  }),
  secretKeyPrevious: secret("SECRET_KEY_PREVIOUS", textOf(32), {
    unit: "text",
    about: "The key that was used before SECRET_KEY, for as long as its tokens and webhooks should be valid.",
    expects: "a text of at least 32 characters"
  }),
  registration: setting("REGISTRATION", Schema.Literals(["open", "invite", "closed"]), {
    fallback: "open",
    unit: "open, invite or closed",
    about: "Who may register: anybody, whoever has an invite link, or nobody.",
    expects: "open, invite or closed"
  }),
  allowsGuests: setting("GUESTS", onOrOff, {
    fallback: "on",
    unit: "on or off",
    about: "Whether people may come in by a name alone.",
    expects: "on or off"
  }),
  ownerToken: secret("OWNER_TOKEN", textOf(20), {
    unit: "text",
    about: "Makes whoever knows it the owner of the server, instead of the link that is printed at each start.",
    expects: "a text of at least 20 characters"
  }),
  socketTokenDays: setting("SOCKET_TOKEN_DAYS", wholeNumber(1, 3_650), {
    fallback: "14",
    unit: "days",
    about: "How long a socket token is valid after it was made.",
    expects: "a whole number from 1 to 3650"
  }),
  auditAddressDays: setting("AUDIT_ADDRESS_DAYS", wholeNumber(0, 3_650), {
    fallback: "90",
    unit: "days",
    about: "How long the audit log keeps the addresses that people came from.",
    expects: "a whole number from 0 to 3650"
  }),
  metricsToken: secret("METRICS_TOKEN", textOf(16), {
    unit: "text",
    about: "Lets whoever sends it as a bearer token read /metrics from elsewhere than this machine.",
    expects: "a text of at least 16 characters"
  }),
  webhookAllow: list("WEBHOOK_ALLOW", ownNetworkOf, {
    unit: "addresses, networks or host names, with commas",
    about: "What outgoing webhooks may call in your own network, also by http, like 10.0.0.0/8,build.example.org.",
    expects: "IP addresses, networks like 10.0.0.0/8 or host names, with commas between them"
  }),
  logLevel: setting("LOG_LEVEL", Schema.Literals(["Debug", "Info", "Warn", "Error", "None"]), {
    fallback: "Info",
    unit: "level",
    about: "The least important of the log lines that are written.",
    expects: "Debug, Info, Warn, Error or None"
  }),
  socketsPerAddress: setting("SOCKETS_PER_ADDRESS", wholeNumber(0, 1_000_000), {
    ...count,
    fallback: "1000",
    about: "The most open connections from one address; all come from one when their proxy is not in TRUSTED_PROXIES."
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
    about: "The most new guests from one address; all come from one when their proxy is not in TRUSTED_PROXIES."
  }),
  drainSeconds: setting("DRAIN_SECONDS", wholeNumber(0, 300), {
    fallback: "10",
    unit: "seconds",
    about: "How long a server that is asked to stop waits for what is under way.",
    expects: "a whole number from 0 to 300"
  })
}
