// The settings as a reader looks for them: what concerns one thing stands together.
import type { Setting } from "./Setting.ts"
import { settings } from "./settings.ts"

/** Settings that concern one thing. */
export interface Group {
  readonly title: string
  readonly settings: ReadonlyArray<Setting<unknown>>
  /** What is to be known of them together, in Markdown. */
  readonly notes: ReadonlyArray<string>
}

/** All groups, in the order of the help; every setting is in one of them. */
export const groups: ReadonlyArray<Group> = [
  {
    title: "Where it listens",
    settings: [settings.port, settings.host, settings.publicUrl],
    notes: [
      "As it is installed, the server can be reached from its own machine alone. `HOST=0.0.0.0` opens it to the network, without TLS; whoever opens it to the internet puts a proxy before it ([self-hosting](self-hosting.md)) and leaves `HOST` as it is.",
      "`PUBLIC_URL` decides which pages may act for whoever is logged in, what links say that the server makes, and, where it is https, that cookies are `Secure` and named `__Host-…`: changing it from http to https logs everybody out once."
    ]
  },
  {
    title: "The database",
    settings: [settings.dataDir, settings.databaseUrl, settings.databasePassword, settings.databaseCa],
    notes: [
      "Without `DATABASE_URL` the database is SQLite, in `DATA_DIR`, which must be on a disk of this machine: a file lock keeps a second server out, and network file systems do not keep it. With `DATABASE_URL` the server writes nothing to `DATA_DIR`; only backups lie there.",
      "In an address special characters are written by their numbers: `@` is `%40`, `:` is `%3A`, `/` is `%2F`, `#` is `%23`, `%` is `%25`. `DATABASE_PASSWORD` takes the password just as it is. `?host=/run/postgresql` in the address names a Unix socket.",
      "With `DATABASE_CA` every connection to the database is over TLS and is refused unless a certificate in that file vouches for the server's certificate, and that names the host of `DATABASE_URL`; no other authority counts, and `sslmode` in the address makes it neither more nor less. Without it `?sslmode=require` (and `verify-ca`, `verify-full`, which do the same) verifies against the authorities that Node knows, and `prefer` takes TLS where the database speaks it. The file is read once, at the start.",
      "The user must own the database, or be allowed to make tables in it. One server uses a database at a time: a second one waits twenty seconds for the first to leave, and gives up.",
      "When the database stops knowing the server's user or password, as after a rotation, the server notices within half a minute, stops in order, and ends with one sentence and the exit code 1: whoever runs it starts it anew with the new password."
    ]
  },
  {
    title: "What it signs with",
    settings: [settings.secretKey, settings.secretKeyPrevious],
    notes: [
      "With SQLite the key is made by itself and lies in `DATA_DIR/secret.key`, which belongs into the backup. With PostgreSQL it must be given, since a data folder stays behind when a server moves.",
      "To change it: the old one becomes `SECRET_KEY_PREVIOUS`, a new one `SECRET_KEY`. `SECRET_KEY_PREVIOUS` goes when `SOCKET_TOKEN_DAYS` have passed and no outgoing webhook is left that was made under it."
    ]
  },
  {
    title: "Who may come in",
    settings: [settings.registration, settings.allowsGuests, settings.ownerToken, settings.socketTokenDays],
    notes: [
      "The server prints a link at every start until somebody owns it; `npm run messenger -- owner-link` makes one at any time. `OWNER_TOKEN` stands in for that link where nobody sees what the server prints."
    ]
  },
  {
    title: "Proxies and other origins",
    settings: [settings.trustedProxies, settings.allowedOrigins, settings.webhookAllow],
    notes: [
      "A proxy that is not in `TRUSTED_PROXIES` is taken for one very busy client: everybody behind it shares its limits. Name addresses and networks of your own proxies alone: whoever stands there can say to be anybody.",
      "`WEBHOOK_ALLOW` opens your own network to whoever may make a webhook: name what it is for, not the whole of it."
    ]
  },
  {
    title: "Limits",
    settings: [
      settings.socketsPerAddress,
      settings.socketsPerUser,
      settings.followsPerSocket,
      settings.postsPerMinute,
      settings.followsPerMinute,
      settings.guestsPerMinute
    ],
    notes: [
      "What is per minute may come a quarter at once; who asks for more is told when to come back, and clients of ours wait. IPv6 addresses are counted by /64. What has no setting is fixed: a message has at most 4,000 characters, a frame 64 KiB."
    ]
  },
  {
    title: "Operation",
    settings: [settings.drainSeconds, settings.logLevel, settings.metricsToken, settings.auditAddressDays],
    notes: [
      "A stop takes at most `DRAIN_SECONDS` and 45 seconds more: whatever stops the server should wait that long before it kills it.",
      "Log lines go to standard output in logfmt, one a line; what ends the server goes to standard error."
    ]
  }
]
