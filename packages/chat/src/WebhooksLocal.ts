// The webhooks of the rooms of this process, for their owners. A change is written in the turn of its room's members: an incoming
// webhook of a private room is one of them.
import { NameInvalid, parseDisplayName, UserId } from "@messenger/protocol/Account"
import type { Right } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import {
  DeliveryNotFound,
  TooManyWebhooks,
  WebhookEvent,
  WebhookId,
  WebhookNotFound,
  WebhookPaused
} from "@messenger/protocol/Webhook"
import type { IncomingWebhook, OutgoingWebhook } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { Clock, Effect, Layer, Option, Redacted } from "effect"
import { Access } from "./Access.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import * as IncomingTokens from "./IncomingTokens.ts"
import * as IncomingWebhooks from "./IncomingWebhooks.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import { foldName } from "./NameFold.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, newId } from "./Secrets.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"
import { WebhookBells } from "./WebhookBells.ts"
import type { Bells } from "./WebhookBells.ts"
import { Webhooks } from "./Webhooks.ts"
import { newSecret } from "./WebhookSignature.ts"
import { SecretBox, WebhookTransport } from "./WebhookTransport.ts"
import { WebhookUses } from "./WebhookUses.ts"

/** The face of webhooks, for gateways. */
export const layer = Layer.effect(
  Webhooks,
  Effect.gen(function* () {
    const admission = yield* makeAdmission
    const tokens = yield* IncomingTokens.load
    return Webhooks.of({
      ...(yield* makeCreation(admission, tokens)),
      ...(yield* makeKeeping(admission, tokens)),
      ...(yield* IncomingWebhooks.make(tokens))
    })
  })
)

/** How many deliveries one page lists. */
const pageDeliveries = 50

const right: Right = "room.integrate"

type Admission = Effect.Success<typeof makeAdmission>

const makeAdmission = Effect.gen(function* () {
  const access = yield* Access
  const audit = yield* Audit
  const members = yield* MemberDirectory
  const buckets = new TokenBuckets<UserId>((yield* ChatLimits).webhooks)
  return {
    /** The room, if its asker may do this in it, and does not do it too often. */
    admit: (asker: Asker, roomId: RoomId) =>
      Effect.tap(access.inRoom(asker, roomId, right), () => take(buckets, asker.user.id)),
    /** Asks for the right again when it is this change's turn, then changes; a right may go while another change runs. */
    inTurn: <A, E>(asker: Asker, roomId: RoomId, change: Effect.Effect<A, E>) =>
      members.exclusively(roomId, Effect.andThen(access.inRoom(asker, roomId, right), change)),
    record: (action: "WebhookMade" | "WebhookRemoved", asker: Asker, roomId: RoomId, detail: string) =>
      audit.record({ action, actor: asker.user.id, room: roomId, detail, address: asker.address })
  }
})

type Tokens = IncomingTokens.IncomingTokens

const makeCreation = Effect.fnUntraced(function* ({ admit, inTurn, record }: Admission, tokens: Tokens) {
  const bells = yield* WebhookBells
  const box = yield* SecretBox
  const members = yield* MemberDirectory
  const rows = yield* WebhookRows
  const transport = yield* WebhookTransport
  const limit = (yield* ChatLimits).webhooksPerRoom

  const createIncoming: Webhooks["Service"]["createIncoming"] = Effect.fn("Webhooks.createIncoming")(
    function* (asker, roomId, raw) {
      const { room } = yield* admit(asker, roomId)
      const name = parseDisplayName(raw)
      if (name instanceof NameInvalid) return yield* name
      const token = IncomingWebhooks.newToken()
      const app = { id: UserId.make(newId()), name, isGuest: false, isApp: true as const }
      const id = WebhookId.make(newId())
      const change = Effect.gen(function* () {
        const at = yield* Clock.currentTimeMillis
        const row = {
          id,
          roomId,
          tokenHash: hashSecret(token),
          app: { id: app.id, name, fold: foldName(name) },
          joins: room.isPrivate,
          createdBy: asker.user.id,
          at
        }
        if ((yield* whenAway(rows.createIncoming(row, limit))) === "TooMany")
          return yield* new TooManyWebhooks({ limit })
        tokens.put(id, row.tokenHash)
        if (room.isPrivate) members.set(roomId, app.id, "member")
        yield* record("WebhookMade", asker, roomId, name)
        return { id, roomId, app, createdBy: asker.user, createdAt: at, lastUsedAt: null } satisfies IncomingWebhook
      })
      return { token, webhook: yield* inTurn(asker, roomId, change) }
    }
  )

  const createOutgoing: Webhooks["Service"]["createOutgoing"] = Effect.fn("Webhooks.createOutgoing")(function* (
    asker,
    { roomId, url: raw, events: asked }
  ) {
    yield* admit(asker, roomId)
    const url = yield* transport.check(raw)
    const events = WebhookEvent.literals.filter((event) => asked.includes(event))
    const secret = newSecret()
    const id = WebhookId.make(newId())
    const change = Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const sealedSecret = box.seal(secret, id)
      const row = { id, roomId, url, events, sealedSecret, createdBy: asker.user.id, at }
      const made = Effect.ensuring(whenAway(rows.createOutgoing(row, limit)), mayTell(bells, roomId))
      if ((yield* made) === "TooMany") return yield* new TooManyWebhooks({ limit })
      yield* record("WebhookMade", asker, roomId, hostOf(url))
      const { user: createdBy } = asker
      return { id, roomId, url, events, paused: null, createdBy, createdAt: at } satisfies OutgoingWebhook
    })
    return { secret: Redacted.value(secret), webhook: yield* inTurn(asker, roomId, change) }
  })
  return { createIncoming, createOutgoing }
})

const makeKeeping = Effect.fnUntraced(function* ({ admit, inTurn, record }: Admission, tokens: Tokens) {
  const access = yield* Access
  const bells = yield* WebhookBells
  const live = yield* LivePrincipals
  const members = yield* MemberDirectory
  const rows = yield* WebhookRows
  const uses = yield* WebhookUses

  const outgoing = Effect.fnUntraced(function* (roomId: RoomId, id: WebhookId) {
    const found = (yield* whenAway(rows.list(roomId))).outgoing.find((webhook) => webhook.id === id)
    return found ?? (yield* new WebhookNotFound())
  })

  // A webhook that is told already goes on from where it is: to begin anew from the head would pass over what it was not told yet.
  const activate = Effect.fnUntraced(function* (roomId: RoomId, id: WebhookId, isActive: boolean) {
    const webhook = yield* outgoing(roomId, id)
    if (isActive === (webhook.paused === null)) return webhook
    const change = whenAway(rows.setPaused(roomId, id, isActive ? null : "Paused"))
    const changed = yield* isActive ? Effect.ensuring(change, mayTell(bells, roomId)) : change
    if (isActive) bells.due.openUnsafe()
    return Option.isSome(changed) ? changed.value : yield* new WebhookNotFound()
  })

  const takeAway = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId, id: WebhookId) {
    const all = yield* whenAway(rows.list(roomId))
    const removed = yield* whenAway(rows.remove(roomId, id))
    if (removed._tag === "NotFound") return yield* new WebhookNotFound()
    if (removed._tag === "Incoming") {
      tokens.remove(id)
      members.set(roomId, removed.app.id, null)
      live.endAccount(removed.app.id, "Deactivated")
      return yield* record("WebhookRemoved", asker, roomId, removed.app.name)
    }
    const url = all.outgoing.find((webhook) => webhook.id === id)?.url
    yield* record("WebhookRemoved", asker, roomId, url === undefined ? "" : hostOf(url))
  })

  const asUsed = (webhook: IncomingWebhook): IncomingWebhook => ({
    ...webhook,
    lastUsedAt: uses.lastOf(webhook.id) ?? webhook.lastUsedAt
  })

  return {
    list: Effect.fn("Webhooks.list")(function* (asker, roomId) {
      yield* admit(asker, roomId)
      const { incoming, outgoing: told } = yield* whenAway(rows.list(roomId))
      yield* access.inRoom(asker, roomId, right)
      return { incoming: incoming.map(asUsed), outgoing: told }
    }),
    setActive: Effect.fn("Webhooks.setActive")(function* (asker, roomId, id, isActive) {
      yield* admit(asker, roomId)
      return yield* inTurn(asker, roomId, activate(roomId, id, isActive))
    }),
    remove: Effect.fn("Webhooks.remove")(function* (asker, roomId, id) {
      yield* admit(asker, roomId)
      yield* inTurn(asker, roomId, takeAway(asker, roomId, id))
    }),
    deliveries: Effect.fn("Webhooks.deliveries")(function* (asker, roomId, id, before) {
      yield* admit(asker, roomId)
      const page = yield* whenAway(rows.deliveries(roomId, id, before, pageDeliveries))
      yield* access.inRoom(asker, roomId, right)
      return Option.isSome(page) ? page.value : yield* new WebhookNotFound()
    }),
    redeliver: Effect.fn("Webhooks.redeliver")(function* (asker, roomId, id, deliveryId) {
      yield* admit(asker, roomId)
      if ((yield* outgoing(roomId, id)).paused !== null) return yield* new WebhookPaused()
      const isThere = yield* whenAway(rows.redeliver(roomId, id, deliveryId, yield* Clock.currentTimeMillis))
      if (!isThere) return yield* new DeliveryNotFound()
      bells.due.openUnsafe()
    })
  } satisfies Partial<Webhooks["Service"]>
})

// Also when the write failed: its answer may be lost alone.
const mayTell = (bells: Bells, roomId: RoomId) => Effect.sync(() => bells.mayTell(roomId))

const hostOf = (url: string): string => new URL(url).host
