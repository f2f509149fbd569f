// Writes a demo into a database through its ports: people, rooms, what was said, how far each has read. Everything carries the time
// at which it is told to have happened. What is there already is left alone.
import { foldEmail, foldName } from "@messenger/chat/NameFold"
import type { Demo, DemoChange, DemoRoom } from "@messenger/demo/Demo"
import type { Person } from "@messenger/demo/People"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { Memberships } from "@messenger/storage/Memberships"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { Append, CommitRequest, Entry, Opened } from "@messenger/storage/MessageLog"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { Rooms } from "@messenger/storage/Rooms"
import { Effect, Option, Schema } from "effect"

/** A demo was not written, or not to its end. The message is one sentence for whoever asked. */
export class SeedRefused extends Schema.TaggedError<SeedRefused>()("SeedRefused", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/** How many changes of one room a commit takes: a few megabytes of all rooms together. */
const changesPerCommit = 250

/** Whether somebody has an account here, or something was said. */
export const isInhabited = Effect.gen(function* () {
  const accounts = yield* (yield* Accounts).list({ search: "", after: null, limit: 1 })
  const rooms = yield* (yield* Rooms).list
  return accounts.length > 0 || rooms.some(({ lastMessage }) => lastMessage > 0)
})

/** What to put behind the usernames of these people so that they are nobody else's: nothing, or the first number that does. */
export const freeSuffix = Effect.fn("seed.freeSuffix")(function* (people: ReadonlyArray<Person>) {
  const credentials = yield* Credentials
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? "" : String(count)
    const taken = yield* Effect.findFirst(people, ({ username }) =>
      Effect.map(
        credentials.findLogin({ usernameFold: foldName(username + suffix), emailFold: undefined }),
        Option.isSome
      )
    )
    if (Option.isNone(taken)) return suffix
  }
})

/** Writes the demo; all its people log in with the password of that hash. Answers whether its owner owns the server now. */
export const writeDemo = Effect.fn("seed.writeDemo")(function* (demo: Demo, suffix: string, passwordHash: string) {
  for (const person of demo.people) yield* writePerson(person, suffix, passwordHash, demo.begin)
  yield* writeApps(demo, suffix)
  const accounts = yield* Accounts
  const isOwner = !(yield* accounts.hasOwner)
  if (isOwner) yield* accounts.setRole(userIdOf(demo.owner), "owner")
  const placed = yield* Effect.forEach(demo.rooms, (room) =>
    Effect.map(writeRoom(room, demo.begin), (roomId) => ({ room, roomId }))
  )
  const heads = yield* writeChanges(placed, suffix)
  yield* writeMarkers(placed, heads)
  return isOwner
})

/** A room of the demo and where it is in the database. */
interface Placed {
  readonly room: DemoRoom
  readonly roomId: RoomId
}

const userIdOf = (username: string): UserId => UserId.make(`demo-${username}`)

// An app is known by its key, which no username is.
const authorId = (author: string, suffix: string): UserId =>
  /^[A-Z]/.test(author) ? UserId.make(`demo-app-${author}${suffix}`) : userIdOf(author)

const writePerson = Effect.fnUntraced(function* (person: Person, suffix: string, passwordHash: string, at: number) {
  const { username } = person
  const name = suffix === "" ? person.name : `${person.name} ${suffix}`
  const email = `${username}@example.org`
  const outcome = yield* (yield* Credentials).register({
    id: userIdOf(username),
    username,
    usernameFold: foldName(username),
    email,
    emailFold: foldEmail(email),
    passwordHash,
    name,
    nameFold: foldName(name),
    at
  })
  if (outcome !== "Registered") {
    return yield* new SeedRefused({ sentence: `Somebody here is called ${username} or ${name} already.` })
  }
})

const writeApps = Effect.fnUntraced(function* ({ apps, begin }: Demo, suffix: string) {
  const accounts = yield* Accounts
  for (const app of apps) {
    const name = suffix === "" ? app.name : `${app.name} ${suffix}`
    const outcome = yield* accounts.createService({
      id: authorId(app.key, suffix),
      name,
      fold: foldName(name),
      at: begin
    })
    if (outcome === "NameTaken") {
      return yield* new SeedRefused({ sentence: `Somebody here is called ${name} already.` })
    }
  }
})

// A room of that name where nobody has said anything is taken as it is; else another is made, with a number behind its name.
const writeRoom = Effect.fnUntraced(function* (room: DemoRoom, at: number) {
  const rooms = yield* Rooms
  const memberships = yield* Memberships
  const there = new Map((yield* rooms.list).map((listing) => [String(listing.room.slug), listing]))
  for (let count = 1; ; count++) {
    const slug = Slug.make(count === 1 ? room.slug : `${room.slug}-${count}`)
    const known = there.get(slug)
    if (known !== undefined && (known.lastMessage > 0 || known.room.isPrivate || room.isPrivate)) continue
    const created = yield* rooms.create({
      id: RoomId.make(slug),
      slug,
      name: slug,
      topic: room.topic,
      isPrivate: room.isPrivate,
      createdBy: Option.some(userIdOf(room.owner)),
      at
    })
    const roomId = created.room.id
    const members = room.isPrivate ? room.members.filter((member) => member !== room.owner) : []
    for (const member of members) {
      yield* memberships.add({ roomId, userId: userIdOf(member), role: "member" }, at)
    }
    yield* memberships.setRole({ roomId, userId: userIdOf(room.owner), role: "owner" }, at)
    return roomId
  }
})

const writeChanges = Effect.fnUntraced(function* (placed: ReadonlyArray<Placed>, suffix: string) {
  const log = yield* MessageLog
  const commit = (requests: ReadonlyArray<CommitRequest>) =>
    log
      .commit(requests)
      .pipe(
        Effect.catchTag("OutcomeUnknown", () =>
          Effect.fail(new SeedRefused({ sentence: "The database was lost in the middle: reset it and begin again." }))
        )
      )
  const outcomes = yield* commit(placed.map(({ roomId }) => ({ _tag: "Open", roomId })))
  const opened = new Map(outcomes.filter(isOpened).map((one) => [one.room.id, one]))
  const heads = new Map([...opened].map(([roomId, { head }]) => [roomId, head]))
  const most = Math.max(...placed.map(({ room }) => room.changes.length))
  for (let from = 0; from < most; from += changesPerCommit) {
    const appends = placed.flatMap(({ room, roomId }): ReadonlyArray<Append> => {
      const { epoch = 0, head = 0 } = opened.get(roomId) ?? {}
      const entries = room.changes
        .slice(from, from + changesPerCommit)
        .map((change, place) => entryOf(change, from + place + 1, head, suffix))
      return entries.length === 0 ? [] : [{ _tag: "Append", roomId, epoch, head: head + from, entries }]
    })
    const failed = (yield* commit(appends)).find(({ _tag }) => _tag !== "Appended")
    if (failed !== undefined) return yield* Effect.die(new Error(`a room refused what was said: ${failed._tag}`))
  }
  return heads
})

const isOpened = (outcome: { readonly _tag: string }): outcome is Opened => outcome._tag === "Opened"

// `place` counts from 1 in the demo; the log may have had numbers before.
const entryOf = (change: DemoChange, place: number, head: number, suffix: string): Entry => {
  const key = ClientKey.make(`demo-${head + place}`.padEnd(8, "_"))
  const entry = { number: head + place, author: authorId(change.author, suffix), key, hash: key, at: change.at }
  switch (change.kind) {
    case "post":
      return { ...entry, change: { _tag: "Post", text: change.text } }
    case "edit":
      return { ...entry, change: { _tag: "Edit", message: head + change.message, text: change.text } }
    case "delete":
      return { ...entry, change: { _tag: "Delete", message: head + change.message } }
  }
}

const writeMarkers = Effect.fnUntraced(function* (placed: ReadonlyArray<Placed>, heads: ReadonlyMap<RoomId, number>) {
  const markers = yield* ReadMarkers
  yield* markers.advance(
    placed.flatMap(({ room, roomId }) =>
      [...room.markers].flatMap(([username, number]) =>
        number === 0 || (room.isPrivate && !room.members.includes(username))
          ? []
          : [{ userId: userIdOf(username), roomId, number: (heads.get(roomId) ?? 0) + number }]
      )
    )
  )
})
