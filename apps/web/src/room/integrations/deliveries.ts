// What is known of the deliveries of a webhook, page by page, while the newest page is asked for again and again.
import type { Delivery, DeliveryPage } from "@messenger/protocol/Webhook"
import { words } from "./words.ts"

/** The newest page came again: it says how its deliveries are now; what is older stays, unless something is missing in between. */
export const withNewest = (known: DeliveryPage | undefined, newest: DeliveryPage): DeliveryPage => {
  const last = newest.deliveries.at(-1)
  const at = known?.deliveries.findIndex(({ id }) => id === last?.id) ?? -1
  if (known === undefined || at === -1) return newest
  return { deliveries: [...newest.deliveries, ...known.deliveries.slice(at + 1)], hasOlder: known.hasOlder }
}

/** The page before the last delivery that is known. */
export const withOlder = (known: DeliveryPage, older: DeliveryPage): DeliveryPage => ({
  deliveries: [...known.deliveries, ...older.deliveries],
  hasOlder: older.hasOlder
})

/** How a delivery went so far, in words. `whenOf` says a time. */
export const storyOf = (delivery: Delivery, whenOf: (at: number) => string): string => {
  const { attempts, status, problem, tookMillis, lastAttemptAt, nextAttemptAt, createdAt } = delivery
  return [
    whenOf(lastAttemptAt ?? createdAt),
    status === null ? undefined : words.deliveries.answered(status),
    problem === null ? undefined : words.deliveries.problem[problem],
    tookMillis === null || problem !== null ? undefined : words.deliveries.took(tookMillis),
    attempts > 1 || (attempts === 1 && delivery.state !== "Delivered")
      ? words.deliveries.attempts(attempts)
      : undefined,
    nextAttemptAt === null ? undefined : words.deliveries.next(whenOf(nextAttemptAt))
  ]
    .filter((part) => part !== undefined)
    .join(" · ")
}
