// Whose turn it is to be told: which webhooks have an attempt on its way, which had their turn, and which were slow the last time.
// Without clock or database. There are two lanes, each with attempts of its own, and in each a maker has only some of them: who is
// quick waits neither for receivers that are known to be slow nor for the many webhooks of one other maker.
import type { UserId } from "@messenger/protocol/Account"
import type { WebhookId } from "@messenger/protocol/Webhook"
import type { DueDelivery, DueOf } from "@messenger/storage/Webhooks"

/** `Slow` is for webhooks whose last attempt took longer than `slowMillis`; `Quick` for all others, those not tried yet too. */
export type Lane = "Quick" | "Slow"

/** How many attempts of a lane are made at once, and how many of those for webhooks that one person made. */
const lanes = { Quick: { atOnce: 12, ofOneMaker: 4 }, Slow: { atOnce: 4, ofOneMaker: 2 } } satisfies Record<
  Lane,
  object
>

/** What an attempt may take in the lane of the quick, in milliseconds; far below the 5 seconds after which it is given up. */
const slowMillis = 1_000

/** How many slow webhooks are remembered: one that is forgotten is taken for quick once. A statement names them all. */
const maxSlow = 10_000

type Whose = Pick<DueDelivery, "webhookId" | "maker">

export class WebhookTurns {
  /** Webhooks with an attempt on its way. */
  private readonly underWay = new Map<WebhookId, { readonly maker: UserId; readonly lane: Lane }>()
  /** Webhooks that had their turn, those with an attempt on its way among them, with their makers: the others come first. */
  private readonly served = new Map<WebhookId, UserId>()
  private readonly slow = new Set<WebhookId>()

  /** How many attempts may begin in the lane. */
  freeOf(lane: Lane): number {
    return lanes[lane].atOnce - this.countOf(lane)
  }

  /** Whose deliveries may be begun in the lane: of those who had no turn yet. */
  waitingIn(lane: Lane): DueOf {
    const makers = new Set([...this.underWay.values()].map(({ maker }) => maker))
    const exceptMakers = [...makers].filter((maker) => !this.hasRoom(lane, maker))
    return lane === "Slow"
      ? { only: [...this.slow].filter((id) => !this.served.has(id)), exceptWebhooks: [], exceptMakers }
      : { exceptWebhooks: [...new Set([...this.served.keys(), ...this.slow])], exceptMakers }
  }

  /** Begins an attempt; false when its maker has as many in this lane as one may have. */
  begin(lane: Lane, { webhookId, maker }: Whose): boolean {
    if (!this.hasRoom(lane, maker)) return false
    this.underWay.set(webhookId, { maker, lane })
    this.served.set(webhookId, maker)
    return true
  }

  /** The attempt of this webhook is over. */
  end(webhookId: WebhookId, tookMillis: number): void {
    this.underWay.delete(webhookId)
    this.slow.delete(webhookId)
    if (tookMillis <= slowMillis) return
    this.slow.add(webhookId)
    const [oldest] = this.slow
    if (this.slow.size > maxSlow && oldest !== undefined) this.slow.delete(oldest)
  }

  /** Everybody in the lane had their turn, but for webhooks of these makers: begins the next round. False when nobody gains by it. */
  renew(lane: Lane, exceptMakers: ReadonlySet<UserId>): boolean {
    let isNew = false
    for (const [id, maker] of this.served) {
      if (this.laneOf(id) !== lane || this.underWay.has(id) || exceptMakers.has(maker)) continue
      this.served.delete(id)
      isNew = true
    }
    return isNew
  }

  private laneOf(id: WebhookId): Lane {
    return this.slow.has(id) ? "Slow" : "Quick"
  }

  private hasRoom(lane: Lane, maker: UserId): boolean {
    return this.countOf(lane, maker) < lanes[lane].ofOneMaker
  }

  private countOf(lane: Lane, maker?: UserId): number {
    let count = 0
    for (const each of this.underWay.values())
      if (each.lane === lane && (maker === undefined || each.maker === maker)) count++
    return count
  }
}
