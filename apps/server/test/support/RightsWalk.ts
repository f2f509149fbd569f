// Tries every call of the contract, as every asker, aimed at every place, against a server, and compares what is answered with the
// table of rights. Every call is right in all but the right: who has it succeeds, or is refused for a reason named here.
import { answerOf, askers, calls, rpcCalls, targets } from "@messenger/protocol/RightsTable"
import type { Answer, Asker, RoomCall, ServerCall, Target } from "@messenger/protocol/RightsTable"
import { Effect, type Scope } from "effect"
import { browserOf } from "./Browser.ts"
import { callerOf, type Caller, type Outcome } from "./Caller.ts"

const password = "correct horse battery"
const wrongPassword = "another horse battery"
export const ownerToken = "makes the first owner of this server"

/** What the walk needs of the settings: its askers are faster than people. */
export const settings = {
  OWNER_TOKEN: ownerToken,
  POSTS_PER_MINUTE: "1000000",
  FOLLOWS_PER_MINUTE: "1000000",
  GUESTS_PER_MINUTE: "1000000"
}

/** One row of the table that a server answered otherwise, as a sentence; and how many were tried. */
export interface Walked {
  readonly tried: number
  readonly wrong: ReadonlyArray<string>
}

/** Asks something as somebody; answers how it ended, by every way there is to ask it. */
export type Voice = (call: string, payload: unknown) => Effect.Effect<ReadonlyArray<Outcome>>

/** How somebody asks, who has a socket and these headers. */
export type VoiceOf = (caller: Caller, headers: Readonly<Record<string, string>>) => Voice

const bySocket: VoiceOf = (caller) => (call, payload) =>
  rpcCalls.some(({ name }) => name === call)
    ? Effect.map(caller.call(call, payload), (outcome) => [outcome])
    : Effect.succeed([])

/** Walks the whole table. */
export const walk = (
  server: { readonly url: string },
  voiceOf: VoiceOf = bySocket
): Effect.Effect<Walked, never, Scope.Scope> =>
  Effect.gen(function* () {
    const world = yield* prepare(server, voiceOf)
    const walked = yield* Effect.forEach(askers, (asker) => walkAs(world, asker), { concurrency: "unbounded" })
    return { tried: walked.reduce((sum, { tried }) => sum + tried, 0), wrong: walked.flatMap(({ wrong }) => wrong) }
  })

/** What there is on the server. */
interface World {
  /** Owner of the server and of every room. */
  readonly keeper: Caller
  readonly rooms: ReadonlyMap<Target, string>
  /** Token of a link into a room that nobody is in yet. */
  readonly inviteToken: unknown
  /** Somebody who bears being administered. */
  readonly subject: string
  readonly serviceId: unknown
  readonly people: ReadonlyMap<Asker, Participant>
}

/** An asker, and whom they alone act on. */
interface Participant {
  readonly name: string
  readonly caller: Caller
  readonly voice: Voice
  readonly id: string
  /** A member of every room. */
  readonly other: string
  /** Somebody who is in no room. */
  readonly newcomer: string
}

const nameOf = (asker: Asker): string => (asker._tag === "Person" ? asker.role : `program-${asker.scope}`)

const idOf = (value: unknown): string => {
  if (typeof value === "object" && value !== null) {
    if ("id" in value && typeof value.id === "string") return value.id
    if ("user" in value) return idOf(value.user)
  }
  throw new Error(`no id in ${JSON.stringify(value)}`)
}

const prepare = Effect.fnUntraced(function* (server: { readonly url: string }, voiceOf: VoiceOf) {
  const origin = server.url
  const register = Effect.fnUntraced(function* (username: string) {
    const browser = browserOf(server)
    const answer = yield* browser.post("/register", { username, email: `${username}@example.org`, password })
    if (answer.status !== 200) throw new Error(`nobody registered: ${answer.text}`)
    return { id: idOf(answer.json), headers: { cookie: browser.cookie(), origin } }
  })
  const chief = yield* register("keeper")
  const keeper = yield* callerOf(server, chief.headers)
  yield* keeper.done("ClaimServer", { token: ownerToken })

  const enter = Effect.fnUntraced(function* (asker: Asker) {
    const name = nameOf(asker)
    if (asker._tag === "Program") {
      const id = idOf(yield* keeper.done("CreateServiceAccount", { name }))
      if (asker.scope === "admin") yield* keeper.done("SetRole", { userId: id, role: "admin" })
      const token = { userId: id, name, scope: asker.scope, password }
      const { secret } = yield* keeper.done("CreateApiToken", token)
      return { id, headers: { authorization: `Bearer ${String(secret)}` } }
    }
    if (asker.role === "guest") {
      const browser = browserOf(server)
      const answer = yield* browser.post("/guest", { name })
      return { id: idOf(answer.json), headers: { cookie: browser.cookie(), origin } }
    }
    const member = yield* register(name)
    if (asker.role !== "member") yield* keeper.done("SetRole", { userId: member.id, role: asker.role })
    return member
  })

  const rooms = new Map<Target, string>()
  for (const target of targets) {
    if (target._tag === "Missing") {
      rooms.set(target, "no-such-room")
      continue
    }
    const name = `${target._tag} ${target.membership ?? "stranger"}`
    rooms.set(target, idOf(yield* keeper.done("CreateRoom", { name, isPrivate: target._tag === "Private" })))
  }
  const elsewhere = idOf(yield* keeper.done("CreateRoom", { name: "elsewhere", isPrivate: true }))
  const invite = yield* keeper.done("InviteToRoom", { roomId: elsewhere, days: 1, uses: null })

  const people = new Map<Asker, Participant>()
  for (const asker of askers) {
    const name = nameOf(asker)
    const { headers, id } = yield* enter(asker)
    const other = yield* register(`other-${name}`)
    const newcomer = yield* register(`new-${name}`)
    for (const [target, roomId] of rooms) {
      if (target._tag === "Missing") continue
      yield* keeper.done("AddMember", { roomId, person: { _tag: "Id", id: other.id } })
      if (target.membership === null) continue
      yield* keeper.done("AddMember", { roomId, person: { _tag: "Id", id } })
      yield* keeper.done("SetMemberRole", { roomId, userId: id, role: target.membership })
    }
    const caller = yield* callerOf(server, headers)
    const voice = voiceOf(caller, headers)
    people.set(asker, { name, id, caller, voice, other: other.id, newcomer: newcomer.id })
  }
  const subject = yield* register("subject")
  const serviceId = idOf(yield* keeper.done("CreateServiceAccount", { name: "service" }))
  return { keeper, rooms, inviteToken: invite["token"], subject: subject.id, serviceId, people } satisfies World
})

const walkAs = Effect.fnUntraced(function* (world: World, asker: Asker) {
  const participant = world.people.get(asker)
  if (participant === undefined) throw new Error(`${nameOf(asker)} is not there`)
  const wrong: Array<string> = []
  let tried = 0
  const compare = Effect.fnUntraced(function* (call: ServerCall | RoomCall, target: Target, payload: unknown) {
    const expected = answerOf(call, asker, target)
    for (const outcome of yield* participant.voice(call.name, payload)) {
      tried++
      if (seen(call, target, outcome) === expected) continue
      const aim = call._tag === "Room" ? ` (${call.whose}) at ${JSON.stringify(target)}` : ` ${call.variant ?? ""}`
      wrong.push(`${participant.name} ${call.name}${aim}: ${expected} became ${JSON.stringify(outcome)}`)
    }
  })
  for (const [target, roomId] of world.rooms) {
    const aim = yield* aimAt(world, participant, target, roomId)
    for (const call of roomCalls) yield* compare(call, target, payloadOf(roomPayloads, call.name)(aim, call))
  }
  for (const call of calls) {
    if (call._tag === "Server") {
      yield* compare(call, { _tag: "Missing" }, payloadOf(serverPayloads, call.name)(world, participant, call))
    }
  }
  return { tried, wrong }
})

// Who has left a room can do nothing more in it.
const roomCalls = calls
  .filter((call) => call._tag === "Room")
  .toSorted((a, b) => Number(a.name === "LeaveRoom") - Number(b.name === "LeaveRoom"))

/** What a server made of it; `Died` is never right. */
const seen = (call: ServerCall | RoomCall, target: Target, outcome: Outcome): Answer | "Died" | "Refused" => {
  switch (outcome._tag) {
    case "Success":
      return "Yes"
    case "Died":
      return "Died"
    case "Failure": {
      const { _tag } = outcome.error
      if (_tag === "Forbidden" || _tag === "RoomNotFound" || _tag === "NotYourMessage") return _tag
      // Everybody is a member of a public room, so there it only takes away roles.
      const isNobodyThere = call.name === "RemoveMember" && target._tag === "Public" && _tag === "AccountNotFound"
      return isNobodyThere || allowedRefusals[call.name] === _tag ? "Yes" : "Refused"
    }
  }
}

// What somebody with the right is refused for: there is nothing of the kind, or it would cost the walk its asker.
const allowedRefusals: Readonly<Record<string, string>> = {
  DeleteAccount: "WrongPassword",
  ClaimServer: "LinkInvalid",
  RevokeRoomInvite: "InviteNotFound",
  RevokeServerInvite: "InviteNotFound",
  RevokeApiToken: "ApiTokenNotFound",
  // Nothing of the walk may leave this machine.
  CreateOutgoingWebhook: "WebhookUrlRefused",
  SetWebhookActive: "WebhookNotFound",
  DeleteWebhook: "WebhookNotFound",
  ListDeliveries: "WebhookNotFound",
  Redeliver: "WebhookNotFound",
  // Over HTTP, of one message that may not be there.
  History: "MessageNotFound"
}

/** A room, and messages in it that the asker may try. */
interface Aim extends Participant {
  readonly roomId: string
  readonly own: number
  readonly others: number
}

let keys = 0
const freshKey = () => `walk-${String(++keys).padStart(8, "0")}`

const aimAt = Effect.fnUntraced(function* (world: World, participant: Participant, target: Target, roomId: string) {
  if (target._tag === "Missing") return { ...participant, roomId, own: 1, others: 1 }
  const post = { roomId, key: freshKey(), text: "to be edited and deleted" }
  const others = numberOf(yield* world.keeper.done("PostMessage", post))
  const own = yield* participant.caller.call("PostMessage", { ...post, key: freshKey() })
  return { ...participant, roomId, others, own: own._tag === "Success" ? numberOf(own.value) : others }
})

const numberOf = (receipt: unknown): number =>
  typeof receipt === "object" && receipt !== null && "number" in receipt ? Number(receipt.number) : Number.NaN

const messageOf = ({ others, own }: Aim, { whose }: RoomCall): number => (whose === "Own" ? own : others)

const roomPayloads: Readonly<Record<string, (aim: Aim, call: RoomCall) => unknown>> = {
  FollowRoom: ({ roomId }) => ({ roomId }),
  PostMessage: ({ roomId }) => ({ roomId, key: freshKey(), text: "posted" }),
  EditMessage: (aim, call) => {
    const number = messageOf(aim, call)
    return { roomId: aim.roomId, key: freshKey(), number, change: number, text: "edited" }
  },
  DeleteMessage: (aim, call) => ({ roomId: aim.roomId, key: freshKey(), number: messageOf(aim, call) }),
  History: ({ roomId }) => ({ roomId, anchor: { _tag: "Newest" }, limit: 10 }),
  ListPeople: ({ roomId }) => ({ roomId, after: null }),
  SetTyping: ({ roomId }) => ({ roomId, isTyping: true }),
  ListMembers: ({ roomId }) => ({ roomId, after: null }),
  AddMember: ({ newcomer, roomId }) => ({ roomId, person: { _tag: "Id", id: newcomer } }),
  SetMemberRole: ({ other, roomId }) => ({ roomId, userId: other, role: "moderator" }),
  RemoveMember: ({ newcomer, roomId }) => ({ roomId, userId: newcomer }),
  LeaveRoom: ({ roomId }) => ({ roomId }),
  InviteToRoom: ({ roomId }) => ({ roomId, days: 1, uses: 1 }),
  ListRoomInvites: ({ roomId }) => ({ roomId }),
  RevokeRoomInvite: ({ roomId }) => ({ roomId, id: "no-such-invite" }),
  ListWebhooks: ({ roomId }) => ({ roomId }),
  CreateIncomingWebhook: ({ roomId }) => ({ roomId, name: "Build" }),
  CreateOutgoingWebhook: ({ roomId }) => ({ roomId, url: "https://127.0.0.1/", events: ["message.posted"] }),
  SetWebhookActive: ({ roomId }) => ({ roomId, id: "no-such-webhook", isActive: true }),
  DeleteWebhook: ({ roomId }) => ({ roomId, id: "no-such-webhook" }),
  ListDeliveries: ({ roomId }) => ({ roomId, id: "no-such-webhook", before: null }),
  ExportRoom: ({ roomId }) => ({ roomId }),
  Redeliver: ({ roomId }) => ({ roomId, id: "no-such-webhook", deliveryId: "no-such-delivery" })
}

type ServerPayload = (world: World, participant: Participant, call: ServerCall) => unknown

const nothing: ServerPayload = () => undefined

const serverPayloads: Readonly<Record<string, ServerPayload>> = {
  FollowInbox: nothing,
  MarkRead: () => ({ roomId: "lobby", number: 0 }),
  SetStatus: () => ({ status: "away" }),
  SetIdle: () => ({ isIdle: true }),
  CreateRoom: (_, { name }, { variant }) => ({ name: `${variant} of ${name}`, isPrivate: variant === "private" }),
  GetAccount: nothing,
  UpdateProfile: () => ({ colour: 3 }),
  ListSessions: nothing,
  RevokeSession: () => ({ id: "no-such-session" }),
  RevokeOtherSessions: nothing,
  CreateSocketToken: nothing,
  ChangeEmail: (_, { name }) => ({ email: `${name}@new.example.org`, password }),
  DeleteAccount: () => ({ password: wrongPassword }),
  ClaimServer: () => ({ token: "no such link" }),
  LookAtInvite: ({ inviteToken }) => ({ token: inviteToken }),
  AcceptInvite: ({ inviteToken }) => ({ token: inviteToken }),
  ListAccounts: () => ({ search: "", after: null }),
  SetRole: ({ subject }) => ({ userId: subject, role: "member" }),
  SetActive: ({ subject }) => ({ userId: subject, isActive: true }),
  SignOutEverywhere: ({ subject }) => ({ userId: subject }),
  CreateResetLink: ({ subject }) => ({ userId: subject }),
  InviteToServer: () => ({ days: 1, uses: 1 }),
  ListServerInvites: nothing,
  RevokeServerInvite: () => ({ id: "no-such-invite" }),
  ListServiceAccounts: nothing,
  CreateServiceAccount: (_, { name }) => ({ name: `made by ${name}` }),
  CreateApiToken: ({ serviceId }) => ({ userId: serviceId, name: "token", scope: "read", password }),
  RevokeApiToken: () => ({ id: "no-such-token", password }),
  ReadAudit: () => ({ before: null })
}

const payloadOf = <Make>(payloads: Readonly<Record<string, Make>>, name: string): Make => {
  const make = payloads[name]
  if (make === undefined) throw new Error(`the walk does not know what to send for ${name}`)
  return make
}
