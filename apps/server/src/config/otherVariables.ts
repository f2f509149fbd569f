// What else is read from the environment, by whom, and what for: everything that is no setting of the server.

/** A variable that the server does not read. */
export interface OtherVariable {
  readonly name: string
  readonly about: string
}

/** Those of one program or occasion. */
export interface Occasion {
  readonly title: string
  readonly variables: ReadonlyArray<OtherVariable>
}

export const occasions: ReadonlyArray<Occasion> = [
  {
    title: "The terminal client, `npm run chat`",
    variables: [
      { name: "PORT", about: "The port of this machine's server, where no `--server` is given." },
      { name: "MESSENGER_TOKEN", about: "The token to log in with, where no `--token-file` is given." },
      { name: "NO_COLOR", about: "Set to anything: no colours." },
      { name: "XDG_STATE_HOME", about: "Where it remembers who one is as a guest; `~/.local/state` by default." },
      { name: "INIT_CWD", about: "Set by npm: the folder that paths in its options start from." }
    ]
  },
  {
    title: "Development, `npm run dev`",
    variables: [
      { name: "PORT", about: "Where the client is served; the server takes the port above it." },
      { name: "HOST", about: "The network interface for the client; `localhost` by default." },
      { name: "PUBLIC_URL", about: "As the server's own, where the client is reached by another address." },
      { name: "MESSENGER_SERVER", about: "Whom Vite hands requests on to, when it is run by itself." }
    ]
  },
  {
    title: "Tests and measurements",
    variables: [
      { name: "CHROMIUM", about: "The path of a Chromium or Chrome, where none is packaged for the platform." },
      { name: "PG_BIN", about: "The folder of PostgreSQL's `initdb` and `postgres`, likewise." },
      { name: "FUZZ_SEED", about: "A seed that a failed fuzz test has named, to run it again as it was." },
      { name: "FUZZ_REQUESTS", about: "How many requests the fuzz test makes; 5000 by default." },
      {
        name: "REHEARSAL",
        about:
          "`required` makes the rehearsal of the image fail where the machine does not allow it, instead of being left out."
      },
      { name: "SCREENSHOTS", about: "A folder to write pictures of the web client to." },
      { name: "DATA_DIR", about: "Given by the bench to the plain servers that it compares with." },
      { name: "DURABLE", about: "Likewise: whether they write what they are told to a disk." }
    ]
  },
  {
    title: "Set by others",
    variables: [
      { name: "PATH", about: "Handed on to programs that tests start." },
      { name: "NODE_EXTRA_CA_CERTS", about: "Read by Node: authorities that outgoing webhooks should trust besides." },
      { name: "USER", about: "Read by the driver of PostgreSQL where `DATABASE_URL` names no user." }
    ]
  }
]
