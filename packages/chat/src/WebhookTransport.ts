// How deliveries leave the server, and how what signs them is kept; the server gives both. Chat decides what is sent, and when again.
import type { DeliveryProblem, WebhookUrlRefused } from "@messenger/protocol/Webhook"
import { Context } from "effect"
import type { Effect, Option, Redacted } from "effect"

/** What an attempt came to: the status that was answered, or why there was no answer. */
export type Attempt =
  | { readonly _tag: "Answered"; readonly status: number; readonly tookMillis: number }
  | { readonly _tag: "Unanswered"; readonly problem: DeliveryProblem; readonly tookMillis: number }

export class WebhookTransport extends Context.Service<
  WebhookTransport,
  {
    /** Whether the address may be called, as of now; it is asked again for every attempt. Answers it as it will be called. */
    readonly check: (url: string) => Effect.Effect<string, WebhookUrlRefused>
    /**
     * One POST, over within 5 seconds. Its name is resolved once, every address that it has must be one that may be called, and the
     * connection goes to that address. No redirect is followed, and no more than 64 KiB of the answer are read. Never fails.
     */
    readonly post: (request: {
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }) => Effect.Effect<Attempt>
  }
>()("@messenger/chat/WebhookTransport") {}

/** Keeps secrets in a form that says nothing without the server's key (AES-256-GCM). */
export class SecretBox extends Context.Service<
  SecretBox,
  {
    /** Seals; the same secret never looks the same twice. `owner` is bound in: what was sealed for one opens for no other. */
    readonly seal: (secret: Redacted.Redacted, owner: string) => string
    /** Opens; `None` when the server's key is another one, or the text was tampered with. */
    readonly open: (sealed: string, owner: string) => Option.Option<Redacted.Redacted>
  }
>()("@messenger/chat/SecretBox") {}
