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

/** What became of deliveries that are known already; others that `told` holds are not taken up. */
export const withChanges = (known: DeliveryPage, told: DeliveryPage): DeliveryPage => {
  const changed = new Map(told.deliveries.map((delivery) => [delivery.id, delivery]))
  return {
    deliveries: known.deliveries.map((delivery) => changed.get(delivery.id) ?? delivery),
    hasOlder: known.hasOlder
  }
}

/** Whether an attempt is due at `now`: what is told of the last one is over. */
export const isDue = ({ state, nextAttemptAt }: Delivery, now: number): boolean =>
  state === "Pending" && nextAttemptAt !== null && nextAttemptAt <= now

/** How a delivery went so far, in words. `whenOf` says a time, `nextOf` one that lies ahead. */
export const storyOf = (
  delivery: Delivery,
  whenOf: (at: number) => string,
  nextOf: (at: number) => string = whenOf
): string => {
  const { attempts, status, problem, tookMillis, lastAttemptAt, nextAttemptAt, createdAt } = delivery
  return [
    whenOf(lastAttemptAt ?? createdAt),
    status === null ? undefined : words.deliveries.answered(status),
    problem === null ? undefined : words.deliveries.problem[problem],
    tookMillis === null || problem !== null ? undefined : words.deliveries.took(tookMillis),
    attempts > 1 || (attempts === 1 && delivery.state !== "Delivered")
      ? words.deliveries.attempts(attempts)
      : undefined,
    nextAttemptAt === null ? undefined : words.deliveries.next(nextOf(nextAttemptAt))
  ]
    .filter((part) => part !== undefined)
    .join(" · ")
}
