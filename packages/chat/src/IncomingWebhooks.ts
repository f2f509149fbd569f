// Posts that come in by the address of a webhook. The token is all that a caller has: who holds it posts as the webhook, into its
// room, at a rate of its own. To guess is limited by address, and asks the database no oftener than that.
import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { Alias } from "@messenger/protocol/Message"
import { WebhookNotFound } from "@messenger/protocol/Webhook"
import type { IncomingWebhook } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { Clock, Effect, Option, Redacted } from "effect"
import { ChatLimits } from "./ChatLimits.ts"
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

/** How many good tokens are remembered; one that is forgotten is limited by its address once. */
const maxKnown = 10_000

/** `Webhooks.post`. */
export const make = Effect.gen(function* () {
  const rooms = yield* RoomsLocal
  const uses = yield* WebhookUses
  const find = yield* makeFind

  const post: Webhooks["Service"]["post"] = Effect.fn("Webhooks.post")(function* (
    token,
    { text, alias, key, address }
  ) {
    const webhook = yield* find(token, address)
    const shown = alias === undefined ? undefined : parseAlias(alias)
    if (shown instanceof NameInvalid) return yield* shown
    const { app, roomId } = webhook
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

// Every request takes from one bucket before anything is read: that of its token when that was good before, else that of its address,
// which takes for tokens that are none alone.
const makeFind = Effect.gen(function* () {
  const limits = yield* ChatLimits
  const rows = yield* WebhookRows
  const byToken = new TokenBuckets<string>(limits.webhookPosts)
  const byAddress = new TokenBuckets<string>(limits.webhookTokens)
  const known = new Set<string>()

  const remember = (hash: string): void => {
    known.add(hash)
    const [oldest] = known
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
  }

  return Effect.fnUntraced(function* (token: Redacted.Redacted, address: string) {
    if (!isToken(token)) return yield* Effect.andThen(take(byAddress, address), new WebhookNotFound())
    const hash = hashSecret(token)
    const isKnown = known.has(hash)
    yield* isKnown ? take(byToken, hash) : take(byAddress, address)
    const giveBack = Effect.sync(() => (isKnown ? undefined : byAddress.giveBack(address)))
    const found: Option.Option<IncomingWebhook> = yield* Effect.onError(
      whenAway(rows.findIncoming(hash)),
      () => giveBack
    )
    if (Option.isNone(found)) {
      known.delete(hash)
      return yield* new WebhookNotFound()
    }
    yield* giveBack
    remember(hash)
    return found.value
  })
})
