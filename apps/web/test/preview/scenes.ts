import type { ConnectionState } from "@messenger/client/ConnectionState"
import type { ServerTerms } from "@messenger/client/Messenger"
import { StoredEntry } from "@messenger/client/OutboxEntry"
import type { OutboxEntry } from "@messenger/client/OutboxEntry"
import { CommandRejected, ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import type { AuditAction, AuditEntry } from "@messenger/protocol/Audit"
import { InviteId } from "@messenger/protocol/Link"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { AccountSummary } from "@messenger/protocol/PeopleRpcs"
import type { Membership } from "@messenger/protocol/InboxFeed"
import type { ServerRole } from "@messenger/protocol/Rights"
import type { Person } from "@messenger/protocol/Presence"
import { RoomId } from "@messenger/protocol/Room"
import type { Room } from "@messenger/protocol/Room"
import type { ServerState } from "./imaginedServer.ts"
import { ada, backups, dara, deploys, heron, kim, hook, mio, roomNamed, said, saidAs } from "./people.ts"

/** What a screen is made of. */
export interface Scene {
  readonly path: string
  readonly me: User | null
  /** Who may come in; everybody, when it is not said. */
  readonly terms?: ServerTerms
  readonly role: ServerRole
  /** What one is in rooms; of a private one at least a member. */
  readonly memberships: ReadonlyArray<Membership>
  readonly connection: ConnectionState
  readonly rooms: ReadonlyArray<{ readonly room: Room; readonly lastMessage: number; readonly marker?: number }>
  readonly messages: ReadonlyArray<Message>
  /** How many older messages the server has. */
  readonly older: number
  readonly people: ReadonlyArray<Person>
  readonly isCrowded: boolean
  readonly typing: ReadonlyArray<User>
  readonly outbox: ReadonlyArray<OutboxEntry>
  /** The feed never opens. */
  readonly isSilent: boolean
  /** The server deletes nothing. */
  readonly refusesRemoval: boolean
  /** What the server holds besides. */
  readonly server: ServerState
}

const lobby = roomNamed("lobby", "Everyone is here. Be kind, be brief.")
const rooms = [
  { room: lobby, lastMessage: 12, marker: 8 },
  { room: roomNamed("design"), lastMessage: 40, marker: 40 },
  { room: roomNamed("engineering"), lastMessage: 93, marker: 80 },
  { room: roomNamed("random"), lastMessage: 7, marker: 2 }
]

const at = (daysAgo: number, hour: number, minute: number): number => {
  const day = new Date()
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysAgo, hour, minute).getTime()
}

const messages: ReadonlyArray<Message> = [
  said(1, heron, at(1, 16, 2), "The nightly crash drill is done: 10,000 kills, nothing lost, nothing doubled."),
  said(2, heron, at(1, 16, 4), "One room was restarted 212 times and nobody in it noticed."),
  said(
    3,
    kim,
    at(1, 16, 9),
    "Could you check the resume path once more? I would expect this to hold for every cursor, also for one that was taken before the room was restarted."
  ),
  said(4, kim, at(1, 16, 10), "Notes are at https://example.org/notes/resume (and in notes.md)."),
  said(
    5,
    ada,
    at(1, 16, 31),
    "On it.\nFirst the short ones:\n  – a cursor from another log\n  – a cursor past the head"
  ),
  said(6, mio, at(1, 17, 2), "صباح الخير، هل الاجتماع غدا؟"),
  said(7, dara, at(1, 17, 3), "Tomorrow at ten, same place."),
  said(8, dara, at(1, 17, 3), "Bring questions."),
  said(9, dara, at(0, 8, 47), "Deploy at nine. You will see the banner for a second, then carry on where you were."),
  said(10, heron, at(0, 8, 52), "Ready here. Everything is green since last night, and the drill ran twice."),
  said(11, heron, at(0, 8, 53), "I keep an eye on the mailbox depths meanwhile."),
  said(12, kim, at(0, 9, 0), "Thanks! Write to ops@example.org if anything looks odd.")
]

const people: ReadonlyArray<Person> = [
  { user: ada, status: "online" },
  { user: heron, status: "online" },
  { user: dara, status: "dnd" },
  { user: kim, status: "away" }
]

const open: ConnectionState = {
  _tag: "Open",
  attempt: 0,
  sinceMillis: 0,
  user: ada,
  node: "n1",
  serverClockAheadMillis: 0
}

const entry = (key: string, text: string, minute: number, state: OutboxEntry["state"]): OutboxEntry => ({
  ...StoredEntry.make({
    key: ClientKey.make(key),
    roomId: lobby.id,
    text,
    writtenAt: at(0, 9, minute),
    refusal: null
  }),
  state
})

const day = 86_400_000
const now = Date.now()

const account = (
  user: User,
  role: ServerRole,
  username: string | null,
  seenDaysAgo: number | null
): AccountSummary => ({
  user,
  role,
  username,
  isActive: true,
  createdAt: now - 90 * day,
  lastSeenAt: seenDaysAgo === null ? null : now - seenDaysAgo * day
})
const rowan: User = { ...kim, id: UserId.make("u-rowan"), name: "Rowan Ash" }
const sage: User = { ...kim, id: UserId.make("u-sage"), name: "Sage" }
const fern: User = { ...kim, id: UserId.make("u-fern"), name: "Fern Elder-Birch of the Long Name" }

const recorded = (id: number, action: AuditAction, part: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: now - (60 - id) * 47 * 60_000,
  action,
  actor: dara,
  subject: null,
  room: null,
  detail: "",
  address: "192.0.2.17",
  ...part
})

const server: ServerState = {
  members: [
    { user: dara, role: "owner" },
    { user: kim, role: "moderator" },
    { user: ada, role: "member" },
    { user: heron, role: "member" }
  ],
  invites: [
    { id: InviteId.make("i-1"), createdBy: dara, createdAt: now - day, expiresAt: now + 6 * day, usesLeft: 3 },
    { id: InviteId.make("i-2"), createdBy: kim, createdAt: now - 9 * day, expiresAt: now + 21 * day, usesLeft: null }
  ],
  accounts: [
    account(ada, "guest", null, 0),
    account(backups, "member", null, 0),
    account(dara, "owner", "dara", 0),
    account(fern, "member", "fern.elder-birch", 12),
    account(heron, "guest", null, 1),
    account(kim, "admin", "kim", 0),
    { ...account(rowan, "member", "rowan", 40), isActive: false },
    account(sage, "member", "sage", null),
    account(mio, "guest", null, 3)
  ],
  programs: [
    {
      user: deploys,
      isActive: true,
      tokens: [
        {
          id: ApiTokenId.make("t-a"),
          name: "Build server",
          scope: "write",
          createdAt: now - 30 * day,
          lastUsedAt: now - 3_600_000
        },
        { id: ApiTokenId.make("t-b"), name: "Trial", scope: "read", createdAt: now - 4 * day, lastUsedAt: null }
      ]
    },
    { user: backups, isActive: true, tokens: [] }
  ],
  audit: [
    recorded(60, "MessageModerated", { actor: kim, subject: heron, room: lobby.id }),
    recorded(59, "RoleChanged", { subject: kim, detail: "admin" }),
    recorded(58, "LoginFailed", { actor: null, subject: kim, address: "2001:db8:0:12::7" }),
    recorded(57, "LoggedIn", { actor: kim }),
    recorded(56, "TokenMade", { subject: deploys, detail: "write" }),
    recorded(55, "InviteMade", { room: RoomId.make("r-elsewhere") }),
    recorded(54, "MemberRemoved", { subject: heron, room: lobby.id, address: null }),
    recorded(53, "Deactivated", { subject: rowan }),
    recorded(52, "Registered", { actor: sage }),
    recorded(51, "ServerClaimed", { address: null })
  ]
}

const conversation: Scene = {
  path: "/r/lobby",
  me: ada,
  role: "guest",
  memberships: [],
  connection: open,
  rooms,
  messages,
  older: 0,
  people,
  isCrowded: false,
  typing: [heron, mio],
  outbox: [],
  isSilent: false,
  refusesRemoval: false,
  server
}

const long: ReadonlyArray<Message> = Array.from({ length: 60 }, (_, index) =>
  said(
    index + 401,
    [heron, kim, dara, ada][Math.floor(index / 3) % 4] ?? heron,
    at(0, 7, 0) + index * 70_000,
    index % 7 === 0
      ? `Message ${index + 401}. It is a long one, since a conversation has those as well, and they wrap onto a second line and perhaps onto a third when the window is a narrow one.`
      : `Message ${index + 401}`
  )
)

const offline: ConnectionState = { _tag: "Waiting", attempt: 3, untilMillis: Date.now() + 9_000, isDraining: false }

const books = { ...roomNamed("books", "What we read."), isPrivate: true }
const inBooks: Scene = {
  ...conversation,
  path: "/r/books",
  me: dara,
  role: "member",
  memberships: [{ roomId: books.id, role: "owner" }],
  rooms: [{ room: books, lastMessage: 12, marker: 12 }, ...rooms],
  typing: []
}

const visitor: Scene = { ...conversation, path: "/", me: null }
const member: Scene = { ...conversation, me: kim, role: "member", typing: [] }

/** The screens, by name. */
export const scenes = {
  name: visitor,
  login: { ...visitor, path: "/login" },
  register: { ...visitor, path: "/register" },
  onlyMembers: { ...visitor, path: "/r/engineering", terms: { registration: "invite", guests: false } },
  byInvitation: { ...visitor, path: "/register", terms: { registration: "invite", guests: false } },
  invitedToServer: { ...visitor, path: "/invite#server", terms: { registration: "invite", guests: false } },
  closed: { ...visitor, path: "/register", terms: { registration: "closed", guests: false } },
  claimAsVisitor: { ...visitor, path: "/claim#token" },
  reset: { ...visitor, path: "/reset#token" },
  member,
  settings: { ...member, path: "/settings" },
  guestSettings: { ...conversation, path: "/settings" },
  keepName: { ...conversation, path: "/register" },
  claim: { ...member, path: "/claim#token" },
  invite: { ...member, path: "/invite#room" },
  inviteGone: { ...member, path: "/invite#used" },
  unsent: {
    ...member,
    outbox: [entry("waiting-1", "Written in a tunnel.", 4, { _tag: "Waiting", heldUntilMillis: undefined })]
  },
  invited: { ...conversation, path: "/r/engineering", me: null },
  conversation,
  manyRooms: {
    ...conversation,
    rooms: [
      ...rooms,
      ...Array.from({ length: 20 }, (_, index) => ({ room: roomNamed(`project-${index + 1}`), lastMessage: 0 }))
    ]
  },
  empty: {
    ...conversation,
    rooms: rooms.map(({ room }) => ({ room, lastMessage: 0 })),
    messages: [],
    typing: [],
    people: [{ user: ada, status: "online" }]
  },
  offline: {
    ...conversation,
    typing: [],
    connection: offline,
    outbox: [
      entry("waiting-1", "Writing this while the connection is away.", 4, {
        _tag: "Waiting",
        heldUntilMillis: undefined
      })
    ]
  },
  failed: {
    ...conversation,
    typing: [],
    outbox: [
      entry("failed-01", "This one was refused.", 4, { _tag: "Refused", error: new CommandRejected({}) }),
      entry("sending-1", "And this one is on its way.", 5, { _tag: "Sent" })
    ]
  },
  long: { ...conversation, messages: long, older: 400, rooms: [{ room: lobby, lastMessage: 460, marker: 460 }] },
  unread: { ...conversation, messages: long, rooms: [{ room: lobby, lastMessage: 460, marker: 430 }] },
  crowded: { ...conversation, isCrowded: true, people: [] },
  waiting: { ...conversation, isSilent: true },
  earlyWords: {
    ...conversation,
    isSilent: true,
    connection: offline,
    outbox: [
      entry("early-01", "Said before the room was here.", 4, { _tag: "Waiting", heldUntilMillis: undefined }),
      entry("early-02", "And a second word.", 5, { _tag: "Waiting", heldUntilMillis: undefined })
    ]
  },
  edited: {
    ...conversation,
    typing: [],
    messages: messages
      .with(4, { ...said(5, ada, at(1, 16, 31), "On it. First the short ones."), change: 14, editedAt: at(1, 16, 40) })
      .with(9, { ...said(10, heron, at(0, 8, 52), ""), change: 13, state: "Deleted" })
  },
  integrated: {
    ...conversation,
    typing: [],
    messages: [
      ...messages.slice(0, 9),
      saidAs({ name: "Release train", emoji: "🚂" }, 10, hook, at(0, 8, 52), "2.4.0 is on its way."),
      saidAs(
        { name: "Release train", emoji: "🚂" },
        11,
        hook,
        at(0, 8, 53),
        "2.4.0 has arrived: 1,204 tests, none red."
      ),
      saidAs(
        { name: "Dara Rowan" },
        12,
        hook,
        at(0, 8, 54),
        "Somebody may call a program by the name of a person. It has the mark all the same."
      ),
      said(13, hook, at(0, 8, 55), "Opened by heron: “Resume from a cursor past the head”."),
      said(14, hook, at(0, 8, 56), "Closed by kim.")
    ]
  },
  private: inBooks,
  guestInPrivate: {
    ...inBooks,
    me: ada,
    role: "guest",
    memberships: [{ roomId: books.id, role: "member" }]
  },
  privateEmpty: { ...inBooks, rooms: [{ room: books, lastMessage: 0 }, ...rooms], messages: [] },
  owner: { ...inBooks, path: "/r/lobby", role: "owner", rooms: [...rooms, { room: books, lastMessage: 0 }] },
  adminPeople: { ...inBooks, path: "/admin", role: "owner", rooms },
  adminInvitations: { ...inBooks, path: "/admin/invitations", role: "admin", rooms },
  adminApps: { ...inBooks, path: "/admin/apps", role: "admin", rooms },
  adminAudit: { ...inBooks, path: "/admin/audit", role: "admin", rooms },
  noRoom: { ...conversation, path: "/r/nowhere" }
} satisfies Record<string, Scene>

/** Whether there is a scene of that name. */
export const isScene = (name: string): name is keyof typeof scenes => Object.hasOwn(scenes, name)
