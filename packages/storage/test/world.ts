// Rooms, people and posts to try a log with; every call makes new ones, so tests share a database without meeting.
import { UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import { ClientKey } from "@messenger/protocol/Message"
import type { Alias } from "@messenger/protocol/Message"
import { RoomId, Slug } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import { Accounts } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import type { NewMember } from "@messenger/storage/Credentials"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { Append, CommitOutcome, CommitRequest, Entry, EntryChange, Opened } from "@messenger/storage/MessageLog"
import { Rooms } from "@messenger/storage/Rooms"
import { Sessions } from "@messenger/storage/Sessions"
import type { NewSession } from "@messenger/storage/Sessions"
import { Effect, Option } from "effect"
import { randomUUID } from "node:crypto"

/** A name that no other test has. */
export const unique = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 18)}`

/** A key that was never used. */
export const newKey = (): ClientKey => ClientKey.make(randomUUID())

/** A guest who may write. */
export const makeGuest = Effect.fnUntraced(function* (name = "Ada") {
  const accounts = yield* Accounts
  const id = UserId.make(unique("user"))
  yield* accounts.createGuest({ id, name, fold: name.toLowerCase(), at: 1_000 })
  return id
})

/** What a member of that name registers with; `changes` take the place of what it would be. */
export const newMember = (changes: Partial<NewMember> = {}): NewMember => {
  const username = unique("ada")
  return {
    id: UserId.make(unique("user")),
    username,
    usernameFold: username,
    email: `${username}@Example.org`,
    emailFold: `${username}@example.org`,
    passwordHash: unique("$argon2id$hash"),
    name: `Ada ${username}`,
    nameFold: `ada${username}`,
    at: 1_000,
    ...changes
  }
}

/** A registered member. */
export const makeMember = Effect.fnUntraced(function* (changes: Partial<NewMember> = {}) {
  const member = newMember(changes)
  const outcome = yield* (yield* Credentials).register(member)
  return outcome === "Registered" ? member : yield* Effect.die(new Error(`the member was ${outcome}`))
})

/** A room with an owner. */
export const makeRoomOf = Effect.fnUntraced(function* (owner: UserId, isPrivate = true) {
  const rooms = yield* Rooms
  const id = RoomId.make(unique("room"))
  yield* rooms.create({
    id,
    slug: Slug.make(id),
    name: "R",
    topic: "",
    isPrivate,
    createdBy: Option.some(owner),
    at: 1
  })
  return id
})

/** A session; answers it with the hash of its token. */
export const makeSession = Effect.fnUntraced(function* (userId: UserId, changes: Partial<NewSession> = {}) {
  const session: NewSession = {
    id: SessionId.make(unique("session")),
    tokenHash: unique("hash"),
    userId,
    client: "Firefox on Linux",
    address: "192.0.2.1",
    isRemembered: true,
    at: 1_000,
    expiresAt: 2_000,
    ...changes
  }
  yield* (yield* Sessions).create(session, null)
  return session
})

/** An empty room that nobody has started. */
export const makeRoom = Effect.fnUntraced(function* () {
  const rooms = yield* Rooms
  const id = RoomId.make(unique("room"))
  yield* rooms.create({
    id,
    slug: Slug.make(id),
    name: "Room",
    topic: "",
    isPrivate: false,
    createdBy: Option.none(),
    at: 1_000
  })
  return id
})

/** What one request became when it was committed alone. */
export const commitOne = Effect.fnUntraced(function* (request: CommitRequest) {
  const log = yield* MessageLog
  const [outcome] = yield* log.commit([request])
  return outcome ?? (yield* Effect.die(new Error("a request without an outcome")))
})

/** Starts the room. */
export const openRoom = Effect.fnUntraced(function* (roomId: RoomId) {
  const outcome = yield* commitOne({ _tag: "Open", roomId })
  return isOpened(outcome) ? outcome : yield* Effect.die(new Error(`the room was ${outcome._tag}`))
})

/** A started room with an author of its own. */
export const startRoom = Effect.gen(function* () {
  const roomId = yield* makeRoom()
  const author = yield* makeGuest()
  return { roomId, author, ...(yield* openRoom(roomId)) }
})

/** What a log is appended to by. */
export interface Owner {
  readonly roomId: RoomId
  readonly epoch: number
  readonly head: number
}

/** An entry to append; `number` is given when it is put into an append. */
export interface Draft {
  readonly author: UserId
  readonly change: EntryChange
  readonly key?: ClientKey
  readonly hash?: string
}

/** A post. */
export const post = (author: UserId, text: string, key: ClientKey = newKey()): Draft => ({
  author,
  key,
  change: { _tag: "Post", text }
})

/** A post that is shown as somebody else's. */
export const postAs = (author: UserId, text: string, alias: Alias): Draft => ({
  author,
  change: { _tag: "Post", text, alias }
})

/** An edit of the message of that number. */
export const edit = (author: UserId, message: number, text: string): Draft => ({
  author,
  change: { _tag: "Edit", message, text }
})

/** A deletion of the message of that number. */
export const remove = (author: UserId, message: number): Draft => ({ author, change: { _tag: "Delete", message } })

/** Entries numbered from the owner's head on; entry n was made at n milliseconds past 10,000. */
export const append = ({ roomId, epoch, head }: Owner, ...drafts: ReadonlyArray<Draft>): Append => ({
  _tag: "Append",
  roomId,
  epoch,
  head,
  entries: drafts.map(({ author, change, key = newKey(), hash = "hash" }, index): Entry => ({
    number: head + 1 + index,
    author,
    key,
    hash,
    at: 10_000 + head + 1 + index,
    change
  }))
})

/** Appends, and answers the owner as it is then. */
export const write = Effect.fnUntraced(function* <Room extends Owner>(owner: Room, ...drafts: ReadonlyArray<Draft>) {
  const outcome = yield* commitOne(append(owner, ...drafts))
  return outcome._tag === "Appended"
    ? { ...owner, head: outcome.head }
    : yield* Effect.die(new Error(`the append was ${outcome._tag}`, { cause: outcome }))
})

/** One page of changes. */
export const changes = Effect.fnUntraced(function* (roomId: RoomId, after: number, maxBytes = 65_536) {
  const log = yield* MessageLog
  return yield* Effect.fromOption(yield* log.changesAfter(roomId, after, maxBytes))
})

/** One page of history. */
export const page = Effect.fnUntraced(function* (roomId: RoomId, anchor: PageAnchor, limit: number) {
  const log = yield* MessageLog
  return yield* Effect.fromOption(yield* log.page(roomId, anchor, limit))
})

/** Everything in the room, by pages of changes from the beginning. */
export const readAll = Effect.fnUntraced(function* (roomId: RoomId, maxBytes = 65_536) {
  const pages = []
  let after = 0
  for (;;) {
    const page = yield* changes(roomId, after, maxBytes)
    pages.push(page)
    after = page.cursor.number
    if (after >= page.head) return pages
  }
})

const isOpened = (outcome: CommitOutcome): outcome is Opened => outcome._tag === "Opened"
