import type { RoomId } from "@messenger/protocol/Room"
import type { Delivery, DeliveryId, DeliveryPage, WebhookId } from "@messenger/protocol/Webhook"
import { For, Show, createMemo, createSignal, onCleanup, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import { useShell } from "../../ui/Shell.ts"
import { clockSeconds, exactTime } from "../../ui/times.ts"
import { whenText } from "../../ui/when.ts"
import { whileSeen } from "../../ui/whileSeen.ts"
import { isDue, storyOf, withChanges, withNewest, withOlder } from "./deliveries.ts"
import { words } from "./words.ts"

/** How often the newest are asked for again, in milliseconds: slower than a glance, faster than a first retry. */
const lookEveryMillis = 4_000

/** How soon after something was sent again it is asked what came of it, in milliseconds; then less and less often. */
const lookAfterMillis = 1_000

/** What one webhook was told, the newest first; it follows what happens. */
export const Deliveries = (props: {
  readonly roomId: RoomId
  readonly id: WebhookId
  readonly label: string
  /** Nothing is sent again while it is. */
  readonly isPaused: boolean
}): JSX.Element => {
  const { messenger, say } = useShell()
  const { roomId, id } = props
  const [page, setPage] = createSignal<DeliveryPage>()
  const [error, setError] = createSignal<TellableError>()
  // Those that were sent again here, until it is known what came of it.
  const [sending, setSending] = createSignal<ReadonlySet<DeliveryId>>(new Set())
  const timers = new Set<ReturnType<typeof setTimeout>>()
  onCleanup(() => timers.forEach((timer) => clearTimeout(timer)))
  const ids = createMemo(() => page()?.deliveries.map((delivery) => delivery.id) ?? [])
  const bring = async (older: DeliveryPage | undefined) => {
    const before = older?.deliveries.at(-1)?.id ?? null
    const outcome = await messenger.call("ListDeliveries", { roomId, id, before })
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setPage(older === undefined ? withNewest(page(), outcome.value) : withOlder(older, outcome.value))
  }
  // One after the other, so that no older answer comes last.
  let last = Promise.resolve()
  const inTurn = (act: () => Promise<void>) => (last = last.then(act))
  const look = () => inTurn(() => bring(undefined))
  onMount(() => void look())
  whileSeen(look, lookEveryMillis)

  const find = (one: DeliveryId) => page()?.deliveries.find((delivery) => delivery.id === one)
  const setIsSending = (one: DeliveryId, isSending: boolean) =>
    setSending((before) => new Set(isSending ? [...before, one] : [...before].filter((other) => other !== one)))
  /** Asks about one delivery, on whichever page it is. */
  const lookAt = async (one: DeliveryId) => {
    const known = page()?.deliveries ?? []
    const before = known[known.findIndex((delivery) => delivery.id === one) - 1]?.id
    if (before === undefined) return bring(undefined)
    const outcome = await messenger.call("ListDeliveries", { roomId, id, before })
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setPage((kept) => kept && withChanges(kept, outcome.value))
  }
  const followAfter = (millis: number, { id: one, attempts }: Delivery) => {
    const timer = setTimeout(async () => {
      timers.delete(timer)
      await inTurn(() => lookAt(one))
      const now = find(one)
      if (now?.state === "Pending" && now.attempts === attempts) followAfter(Math.min(2 * millis, lookEveryMillis), now)
      else setIsSending(one, false)
    }, millis)
    timers.add(timer)
  }
  const redeliver = async (delivery: Delivery) => {
    if (sending().has(delivery.id)) return
    setIsSending(delivery.id, true)
    const outcome = await messenger.call("Redeliver", { roomId, id, deliveryId: delivery.id })
    if (outcome.isOk) {
      say(words.deliveries.sent)
      return followAfter(lookAfterMillis, delivery)
    }
    setIsSending(delivery.id, false)
    setError(outcome.error)
  }
  return (
    <div class="pt-2">
      <p role="alert" class="text-sm text-danger empty:hidden">
        <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
      </p>
      <Show
        when={page()}
        fallback={
          <Show when={error() === undefined}>
            <p class="skeleton text-sm text-muted">{texts.loading}</p>
          </Show>
        }
      >
        {(known) => (
          <>
            <ul class="flex flex-col rounded-lg border border-line bg-raised" aria-label={props.label}>
              <For each={ids()} fallback={<li class="px-3 py-2 text-sm text-muted">{words.deliveries.none}</li>}>
                {(one) => (
                  <Show when={known().deliveries.find((delivery) => delivery.id === one)}>
                    {(delivery) => (
                      <Row
                        delivery={delivery()}
                        isPaused={props.isPaused}
                        isSending={sending().has(one)}
                        onAgain={() => void redeliver(delivery())}
                      />
                    )}
                  </Show>
                )}
              </For>
            </ul>
            <Show when={known().hasOlder}>
              <button type="button" class="button mt-2 w-full" onClick={() => void inTurn(() => bring(page()))}>
                {words.deliveries.older}
              </button>
            </Show>
          </>
        )}
      </Show>
    </div>
  )
}

const Row = (props: {
  readonly delivery: Delivery
  readonly isPaused: boolean
  readonly isSending: boolean
  readonly onAgain: () => void
}): JSX.Element => {
  const about = () => words.deliveries.about[props.delivery.event](props.delivery.number)
  const isSending = () => props.isSending || isDue(props.delivery, Date.now())
  const state = () => (isSending() ? "Pending" : props.delivery.state)
  const story = () => {
    const now = Date.now()
    if (isSending()) return props.delivery.attempts === 0 ? words.deliveries.sending : words.deliveries.sendingAgain
    return storyOf(
      props.delivery,
      (at) => whenText(at, now),
      (at) => whenText(at, now, clockSeconds)
    )
  }
  return (
    <li class="flex items-center gap-2 border-t border-line px-3 py-2 text-sm first:border-t-0">
      <div class="min-w-0 flex-1">
        <p class="flex flex-wrap items-baseline gap-x-2">
          <span class={`font-[550] ${stateClass[state()]}`}>{words.deliveries.state[state()]}</span>
          <span>{about()}</span>
        </p>
        <p class="text-muted" title={exactTime(props.delivery.lastAttemptAt ?? props.delivery.createdAt)}>
          {story()}
        </p>
      </div>
      <Show when={!props.isPaused}>
        <button
          type="button"
          class="button flex-none text-sm"
          aria-label={words.deliveries.againOf(about())}
          aria-disabled={props.isSending}
          onClick={() => props.onAgain()}
        >
          {words.deliveries.again}
        </button>
      </Show>
    </li>
  )
}

const stateClass = { Pending: "text-normal", Delivered: "text-strong", Failed: "text-danger" } satisfies Record<
  Delivery["state"],
  string
>
