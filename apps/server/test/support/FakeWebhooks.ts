// Webhooks as gateways see them, in memory: one incoming webhook, whose posts are kept as they came.
import { Webhooks } from "@messenger/chat/Webhooks"
import { UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import {
  type Alias,
  type ClientKey,
  IdempotencyKeyReused,
  MessageInvalid,
  parseMessageText
} from "@messenger/protocol/Message"
import { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited } from "@messenger/protocol/Unavailable"
import { type IncomingWebhook, WebhookId, WebhookNotFound } from "@messenger/protocol/Webhook"
import { Effect, Layer, Redacted } from "effect"

/** What was posted. */
export interface Posted {
  readonly text: string
  readonly alias?: Partial<Alias>
  readonly key: ClientKey
  readonly address: string
}

export interface FakeWebhooks {
  readonly token: string
  /** In order, each key once. */
  readonly posted: Array<Posted>
  /** How many requests were counted. */
  requests: number
  /** While set, requests are refused with it. */
  refusal: RateLimited | undefined
}

export const makeFakeWebhooks = () => {
  const fake: FakeWebhooks = { token: `mih_${"t".repeat(43)}`, posted: [], requests: 0, refusal: undefined }
  const app = { id: UserId.make("app-1"), name: "Hook", isGuest: false, isApp: true } as const
  const webhook: IncomingWebhook = {
    id: WebhookId.make("hook-1"),
    roomId: RoomId.make("room-1"),
    app,
    createdBy: app,
    createdAt: 0,
    lastUsedAt: null
  }
  const log = LogId.make("log1")
  const none = () => Effect.fail(new RoomNotFound())
  const layer = Layer.succeed(
    Webhooks,
    Webhooks.of({
      list: none,
      createIncoming: none,
      createOutgoing: none,
      setActive: none,
      remove: none,
      deliveries: none,
      redeliver: none,
      admit: Effect.fnUntraced(function* (token, address) {
        fake.requests++
        if (fake.refusal !== undefined) return yield* fake.refusal
        if (Redacted.value(token) !== fake.token) return yield* new WebhookNotFound()
        return { webhook, address }
      }),
      post: Effect.fnUntraced(function* ({ address }, message) {
        const text = parseMessageText(message.text)
        if (text instanceof MessageInvalid) return yield* text
        const known = fake.posted.findIndex(({ key }) => key === message.key)
        if (known >= 0 && fake.posted[known]?.text !== text) return yield* new IdempotencyKeyReused()
        const number = known < 0 ? fake.posted.push({ ...message, address }) : known + 1
        return { number, cursor: { log, number }, at: 0 }
      })
    })
  )
  return { fake, layer }
}
