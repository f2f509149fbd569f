// Webhooks as gateways see them, in memory: one incoming webhook, whose posts are kept as they came.
import { Webhooks } from "@messenger/chat/Webhooks"
import { LogId } from "@messenger/protocol/Cursor"
import {
  type Alias,
  type ClientKey,
  IdempotencyKeyReused,
  MessageInvalid,
  parseMessageText
} from "@messenger/protocol/Message"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited } from "@messenger/protocol/Unavailable"
import { WebhookNotFound } from "@messenger/protocol/Webhook"
import { Effect, Layer, Redacted } from "effect"

/** What was posted. */
export interface Posted {
  readonly text: string
  readonly alias?: Alias
  readonly key: ClientKey
  readonly address: string
}

export interface FakeWebhooks {
  readonly token: string
  /** In order, each key once. */
  readonly posted: Array<Posted>
  /** While set, posts are refused with it. */
  refusal: RateLimited | undefined
}

export const makeFakeWebhooks = () => {
  const fake: FakeWebhooks = { token: `mih_${"t".repeat(43)}`, posted: [], refusal: undefined }
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
      post: Effect.fnUntraced(function* (token, message) {
        if (fake.refusal !== undefined) return yield* fake.refusal
        if (Redacted.value(token) !== fake.token) return yield* new WebhookNotFound()
        const text = parseMessageText(message.text)
        if (text instanceof MessageInvalid) return yield* text
        const known = fake.posted.findIndex(({ key }) => key === message.key)
        if (known >= 0 && fake.posted[known]?.text !== text) return yield* new IdempotencyKeyReused()
        const number = known < 0 ? fake.posted.push(message) : known + 1
        return { number, cursor: { log, number }, at: 0 }
      })
    })
  )
  return { fake, layer }
}
