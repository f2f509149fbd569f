// What a stretch of a room's log has to tell a webhook: pure. A post is news at its number, a later change of a message at the number
// of the change, so each number of the log is one piece of news at the most, and they are told in the order of the log.
import type { Message } from "@messenger/protocol/Message"
import type { WebhookEvent } from "@messenger/protocol/Webhook"

/** Something to tell, and where in the log it is. */
export interface News {
  readonly position: number
  readonly event: WebhookEvent
  /** The message it is about. */
  readonly number: number
}

/** A stretch of the log: what follows `from` up to `upTo`. */
export interface Stretch {
  readonly from: number
  readonly upTo: number
  /** The messages that were posted or changed in it, as they are now. */
  readonly messages: ReadonlyArray<Message>
}

/**
 * A stretch with the messages that were posted in it and changed after it: a page of the changes does not have them, a page of the
 * `history` that begins at the same place has. That may end sooner, and so does what is known then.
 */
export const joined = (
  { from, upTo, messages }: Stretch,
  history: { readonly messages: ReadonlyArray<Message>; readonly hasNewer: boolean }
): Stretch => {
  const known = new Set(messages.map(({ number }) => number))
  const later = history.messages.filter(({ number }) => !known.has(number))
  const last = history.hasNewer ? (history.messages.at(-1)?.number ?? from) : upTo
  return { from, upTo: Math.min(upTo, last), messages: [...messages, ...later] }
}

/**
 * The news of a stretch for who wants to hear of `events`, at most `limit`, and how far it goes with them. What was told before
 * `from` is told of as changed; what was posted since, and is there no more, is passed over.
 */
export const newsOf = (
  { from, upTo, messages }: Stretch,
  events: ReadonlyArray<WebhookEvent>,
  limit: number
): { readonly news: ReadonlyArray<News>; readonly upTo: number } => {
  const all = messages
    .flatMap((message) => newsIn(message, from) ?? [])
    .filter(({ event, position }) => position <= upTo && events.includes(event))
    .toSorted((one, other) => one.position - other.position)
  const news = all.slice(0, limit)
  return { news, upTo: all.length > limit ? (news.at(-1)?.position ?? from) : upTo }
}

const newsIn = ({ number, change, state }: Message, from: number): News | undefined => {
  const isDeleted = state === "Deleted"
  if (number > from) return isDeleted ? undefined : { position: number, event: "message.posted", number }
  return { position: change, event: isDeleted ? "message.deleted" : "message.edited", number }
}
