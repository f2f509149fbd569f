// Posts that come in by the address of a webhook. The token is all that a caller has: who holds it posts as the webhook, into its
// room, at a rate of its own. To guess is limited by address, and asks the database nothing.
import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { Alias } from "@messenger/protocol/Message"
import { WebhookNotFound } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { Clock, Effect, Option, Redacted } from "effect"
import { ChatLimits } from "./ChatLimits.ts"
import type { IncomingTokens } from "./IncomingTokens.ts"
import { RoomsLocal } from "./RoomsLocal.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, newSecret } from "./Secrets.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"
import { WebhookUses } from "./WebhookUses.ts"
import type { Webhooks } from "./Webhooks.ts"

const tokenPrefix = "mih_"

/** A new token, which its holder alone knows. */
export const newToken = (): string => `${tokenPrefix}${newSecret()}`

const isToken = (token: Redacted.Redacted): boolean => /^mih_[A-Za-z0-9_-]{43}$/.test(Redacted.value(token))

/** `Webhooks.admit` and `Webhooks.post`. */
export const make = Effect.fnUntraced(function* (tokens: IncomingTokens) {
  return { admit: yield* makeAdmit(tokens), post: yield* makePost }
})

const makePost = Effect.gen(function* () {
  const rooms = yield* RoomsLocal
  const uses = yield* WebhookUses

  const post: Webhooks["Service"]["post"] = Effect.fn("Webhooks.post")(function* (
    { webhook, address },
    { text, alias, key }
  ) {
    const { app, roomId } = webhook
    const shown = alias === undefined ? undefined : parseAlias({ name: app.name, ...alias })
    if (shown instanceof NameInvalid) return yield* shown
    // The account alone may have been given a role or a token since: its address posts, and does nothing else.
    const asker: Asker = { user: app, role: "member", scope: "write", sessionId: null, connectionId: 0, address }
    const receipt = yield* rooms.postAs(asker, shown, { roomId, key, text }).pipe(
      Effect.catchTags({
        RoomNotFound: () => Effect.fail(new WebhookNotFound()),
        Forbidden: () => Effect.fail(new WebhookNotFound())
      })
    )
    uses.use(webhook.id, yield* Clock.currentTimeMillis)
    return receipt
  })
  return post
})

const parseAlias = ({ name: raw, ...rest }: Alias): Alias | NameInvalid => {
  const name = parseDisplayName(raw)
  return name instanceof NameInvalid ? name : { ...rest, name }
}

// Every request takes from one bucket before anything is read: that of its token, or that of its address for tokens that are none.
const makeAdmit = Effect.fnUntraced(function* (tokens: IncomingTokens) {
  const limits = yield* ChatLimits
  const rows = yield* WebhookRows
  const byToken = new TokenBuckets<string>(limits.webhookPosts)
  const byAddress = new TokenBuckets<string>(limits.webhookTokens)

  const admit: Webhooks["Service"]["admit"] = Effect.fn("Webhooks.admit")(function* (token, address) {
    const hash = isToken(token) ? hashSecret(token) : undefined
    if (hash === undefined || !tokens.has(hash))
      return yield* Effect.andThen(take(byAddress, address), new WebhookNotFound())
    yield* take(byToken, hash)
    const webhook = Option.getOrUndefined(yield* whenAway(rows.findIncoming(hash)))
    return webhook === undefined ? yield* new WebhookNotFound() : { webhook, address }
  })
  return admit
})
