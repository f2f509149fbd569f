// The rights of the contract as a table: for every call, who may make it, and what others are answered. Made from the rights that the
// calls name and from the rules of Rights.ts, never by hand; `docs/rights.md` is this table, and the suite walks it against a server.
import { Context } from "effect"
import { AccountRpcs } from "./AccountRpcs.ts"
import { InboxRpcs } from "./InboxRpcs.ts"
import { MemberRpcs } from "./MemberRpcs.ts"
import { PeopleRpcs } from "./PeopleRpcs.ts"
import { isVisible, may, mayInRoom, mayManage, Needs, rights, RoomRole, ServerRole } from "./Rights.ts"
import type { Right, RoomStanding, TokenScope } from "./Rights.ts"
import { RoomRpcs } from "./RoomRpcs.ts"
import { WebhookRpcs } from "./WebhookRpcs.ts"

/** What somebody without the right is answered, and `Yes` for who has it. */
export type Answer = "Yes" | "Forbidden" | "RoomNotFound" | "NotYourMessage"

/** How an asker comes: as a person in one of the roles of the server, or as a program with a token of a scope: `admin` for an account that was made an admin, else a member. */
export type Asker =
  | { readonly _tag: "Person"; readonly role: ServerRole }
  | { readonly _tag: "Program"; readonly scope: TokenScope }

/** Where a call about a room is aimed, from its asker's point of view. */
export type Target =
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Public"; readonly membership: RoomRole | null }
  | { readonly _tag: "Private"; readonly membership: RoomRole | null }

/** Whose message a call is about; `None` for calls about no message. */
export type Whose = "None" | "Own" | "Others"

/** A call that the server decides about by itself. */
export interface ServerCall {
  readonly _tag: "Server"
  readonly name: string
  readonly needs: Right
  /** Where the same call asks for one right or another. */
  readonly variant?: string
}

/** A call about a room, and perhaps about a message in it. */
export interface RoomCall {
  readonly _tag: "Room"
  readonly name: string
  readonly needs: Right
  readonly whose: Whose
}

/** Every asker there is. */
export const askers: ReadonlyArray<Asker> = [
  ...ServerRole.literals.map((role): Asker => ({ _tag: "Person", role })),
  ...(["read", "write", "admin"] as const).map((scope): Asker => ({ _tag: "Program", scope }))
]

/** Every place a call may be aimed at. */
export const targets: ReadonlyArray<Target> = [
  { _tag: "Missing" },
  ...([null, ...RoomRole.literals] as const).map((membership): Target => ({ _tag: "Public", membership })),
  ...([null, ...RoomRole.literals] as const).map((membership): Target => ({ _tag: "Private", membership }))
]

/** Every call that is asked over RPC, but `Handshake`, which is anybody's. */
export const rpcCalls: ReadonlyArray<ServerCall | RoomCall> = [
  ...RoomRpcs.requests.values(),
  ...InboxRpcs.requests.values(),
  ...AccountRpcs.requests.values(),
  ...MemberRpcs.requests.values(),
  ...PeopleRpcs.requests.values(),
  ...WebhookRpcs.requests.values()
].flatMap(({ _tag: name, annotations }): ReadonlyArray<ServerCall | RoomCall> => {
  const needs = Context.get(annotations, Needs)
  if (needs === undefined) throw new Error(`the call ${name} names no right`)
  const isServer = rights[needs].kind === "server"
  switch (name) {
    case "CreateRoom":
      return [
        { _tag: "Server", name, needs, variant: "public" },
        { _tag: "Server", name, needs: "rooms.createPrivate", variant: "private" }
      ]
    case "EditMessage":
    case "DeleteMessage":
      return (["Own", "Others"] as const).map((whose) => ({ _tag: "Room", name, needs, whose }))
    default:
      return [isServer ? { _tag: "Server", name, needs } : { _tag: "Room", name, needs, whose: "None" }]
  }
})

// The rest of the REST API does what a call of the RPC contract does.
const overHttpAlone: ReadonlyArray<RoomCall> = [
  { _tag: "Room", name: "ExportRoom", needs: "room.export", whose: "None" }
]

/** Those, and what is asked over HTTP alone. */
export const calls: ReadonlyArray<ServerCall | RoomCall> = [...rpcCalls, ...overHttpAlone]

// A service account is a member until somebody makes it an admin: the token alone gives no role.
const standingOf = (asker: Asker) =>
  asker._tag === "Person"
    ? { role: asker.role, scope: null }
    : { role: asker.scope === "admin" ? ("admin" as const) : ("member" as const), scope: asker.scope }

/** What the asker is answered, once everything else about the call is right. */
export const answerOf = (call: ServerCall | RoomCall, asker: Asker, target: Target): Answer => {
  const standing = standingOf(asker)
  if (!may(call.needs, standing)) return "Forbidden"
  if (call._tag === "Server") return "Yes"
  if (target._tag === "Missing") return "RoomNotFound"
  const inRoom: RoomStanding = { ...standing, isPrivate: target._tag === "Private", membership: target.membership }
  if (!isVisible(inRoom)) return "RoomNotFound"
  if (call.whose === "Others" && call.name === "EditMessage") return "NotYourMessage"
  if (call.whose === "Others") return mayInRoom("room.moderate", inRoom) ? "Yes" : "NotYourMessage"
  return mayInRoom(call.needs, inRoom) ? "Yes" : "Forbidden"
}

/** The whole of `docs/rights.md`. */
export const document = (): string =>
  [
    "# Who may do what",
    "",
    "Made from the contract by `npm run docs:rights`; every row is tried against a server by the suite. A call that is not allowed is",
    "answered with the error in the cell.",
    "",
    "## On the server",
    "",
    ...serverTable(),
    "",
    "A program comes with an API token of a service account, which has no session: what takes one is for people alone. Its account is a member; the",
    "last column is that of an account which an owner has made an admin. Admins manage guests and members, owners everybody:",
    "",
    ...manageTable(),
    "",
    "## In rooms",
    "",
    "Admins and owners of the server are owners of every room that they see. A private room exists for its members alone: to all others, whoever",
    "they are, it is not found. Everybody is at least a member of a public room.",
    "",
    ...roomTable(),
    "",
    "Webhooks and exports take an account besides: a guest who owns a room is refused with `Forbidden` where the right is `room.integrate` or",
    "`room.export`. `ExportRoom` is `GET /api/v1/rooms/:room/export`, over HTTP alone.",
    "",
    "Members are removed with `room.moderate`, moderators and owners with `room.manage`. The last owner of a room that others are in cannot leave, and is",
    "answered `LastOwner`, as is the last owner of the server.",
    "",
    "A token of scope `read` is refused with `Forbidden` where the right is to write: all of these but `room.read` and `room.export`.",
    ""
  ].join("\n")

const cell = (answer: Answer): string => (answer === "Yes" ? "yes" : answer)

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const header = (cells: ReadonlyArray<string>): ReadonlyArray<string> => [row(cells), row(cells.map(() => "---"))]

const serverTable = () => [
  ...header([
    "call",
    "right",
    ...askers.map((asker) => (asker._tag === "Person" ? asker.role : `token: ${asker.scope}`))
  ]),
  ...calls
    .filter((call) => call._tag === "Server")
    .map((call) =>
      row([
        call.variant === undefined ? call.name : `${call.name}, ${call.variant}`,
        `\`${call.needs}\``,
        ...askers.map((asker) => cell(answerOf(call, asker, { _tag: "Missing" })))
      ])
    )
]

const manageTable = () => [
  ...header(["who \\ whom", ...ServerRole.literals]),
  ...(["admin", "owner"] as const).map((actor) =>
    row([actor, ...ServerRole.literals.map((target) => (mayManage(actor, target) ? "yes" : "Forbidden"))])
  )
]

const roomTable = () => {
  const person = (role: ServerRole): Asker => ({ _tag: "Person", role })
  const columns: ReadonlyArray<readonly [string, Asker, Target]> = [
    ["public: anybody", person("guest"), { _tag: "Public", membership: null }],
    ["public: moderator", person("member"), { _tag: "Public", membership: "moderator" }],
    ["public: owner, or admin of the server", person("member"), { _tag: "Public", membership: "owner" }],
    ["private: outsider", person("owner"), { _tag: "Private", membership: null }],
    ["private: member", person("guest"), { _tag: "Private", membership: "member" }],
    ["private: moderator", person("guest"), { _tag: "Private", membership: "moderator" }],
    [
      "private: owner, or a member who is admin of the server",
      person("member"),
      { _tag: "Private", membership: "owner" }
    ],
    ["no such room", person("owner"), { _tag: "Missing" }]
  ]
  return [
    ...header(["call", "right", ...columns.map(([name]) => name)]),
    ...calls
      .filter((call) => call._tag === "Room")
      .map((call) =>
        row([
          call.whose === "None" ? call.name : `${call.name}, ${call.whose === "Own" ? "own" : "another's"}`,
          `\`${call.whose === "Others" && call.name === "DeleteMessage" ? "room.moderate" : call.needs}\``,
          ...columns.map(([, asker, target]) => cell(answerOf(call, asker, target)))
        ])
      )
  ]
}
