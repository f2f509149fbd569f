// The world that webhooks are delivered to: it keeps what it is sent, and answers as a test wants. And a box that seals for the owner.
import type { WebhookUrlRefused } from "@messenger/protocol/Webhook"
import { WebhookPayload } from "@messenger/protocol/Webhook"
import { SecretBox, WebhookTransport } from "@messenger/chat/WebhookTransport"
import type { Attempt } from "@messenger/chat/WebhookTransport"
import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"

/** What a receiver was sent. */
export interface Sent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly payload: WebhookPayload
}

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(WebhookPayload)))

/** An answer with this status. */
export const answered = (status: number): Attempt => ({ _tag: "Answered", status, tookMillis: 3 })

/** Every receiver there is. */
export class ReceiversState {
  readonly sent: Array<Sent> = []
  /** How many requests are under way now, and how many were at most. */
  underWay = 0
  most = 0
  /** The key that secrets are sealed with. */
  key = "one"
  /** Why an address is refused when a webhook is made with it. */
  refusal: WebhookUrlRefused | undefined = undefined
  /** What a receiver does about a request. */
  answer: (sent: Sent) => Effect.Effect<Attempt> = () => Effect.succeed(answered(200))

  /** What was told, in the order in which it came: the event and the text. */
  get told(): ReadonlyArray<string> {
    return this.sent.map(({ payload: { type, data } }) => `${type} ${data.message.text}`.trim())
  }

  get ids(): ReadonlyArray<string | undefined> {
    return this.sent.map(({ headers }) => headers["webhook-id"])
  }

  post(request: Omit<Sent, "payload">): Effect.Effect<Attempt> {
    return Effect.suspend(() => {
      const sent = { ...request, payload: decode(request.body) }
      this.sent.push(sent)
      this.underWay++
      this.most = Math.max(this.most, this.underWay)
      return Effect.ensuring(
        this.answer(sent),
        Effect.sync(() => this.underWay--)
      )
    })
  }
}

export class Receivers extends Context.Service<Receivers, ReceiversState>()("test/Receivers") {
  /** Receivers, and the ports by which they are reached. */
  static readonly layer = Layer.effectContext(
    Effect.sync(() => {
      const receivers = new ReceiversState()
      return Context.make(Receivers, receivers).pipe(
        Context.add(
          WebhookTransport,
          WebhookTransport.of({
            check: (url) =>
              Effect.suspend(() =>
                receivers.refusal === undefined ? Effect.succeed(url) : Effect.fail(receivers.refusal)
              ),
            post: (request) => receivers.post(request)
          })
        ),
        Context.add(
          SecretBox,
          SecretBox.of({
            seal: (secret, owner) => `${receivers.key} ${owner} ${Redacted.value(secret)}`,
            open: (sealed, owner) => {
              const prefix = `${receivers.key} ${owner} `
              return sealed.startsWith(prefix) ? Option.some(Redacted.make(sealed.slice(prefix.length))) : Option.none()
            }
          })
        )
      )
    })
  )
}
