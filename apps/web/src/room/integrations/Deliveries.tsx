import type { RoomId } from "@messenger/protocol/Room"
import type { Delivery, DeliveryPage, WebhookId } from "@messenger/protocol/Webhook"
import { For, Show, createMemo, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import { useShell } from "../../ui/Shell.ts"
import { exactTime } from "../../ui/times.ts"
import { whenText } from "../../ui/when.ts"
import { whileSeen } from "../../ui/whileSeen.ts"
import { storyOf, withNewest, withOlder } from "./deliveries.ts"
import { words } from "./words.ts"

/** How often the newest are asked for again, in milliseconds: slower than a glance, faster than a first retry. */
const lookEveryMillis = 4_000

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
  const [isBusy, setBusy] = createSignal(false)
  const ids = createMemo(() => page()?.deliveries.map((delivery) => delivery.id) ?? [])
  const bring = async (older: DeliveryPage | undefined) => {
    const before = older?.deliveries.at(-1)?.id ?? null
    const outcome = await messenger.call("ListDeliveries", { roomId, id, before })
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setPage(older === undefined ? withNewest(page(), outcome.value) : withOlder(older, outcome.value))
  }
  // One at a time, so that no older answer comes last.
  const alone = async (act: () => Promise<void>) => {
    if (isBusy()) return
    setBusy(true)
    await act()
    setBusy(false)
  }
  const look = () => alone(() => bring(undefined))
  onMount(() => void look())
  whileSeen(look, lookEveryMillis)
  const redeliver = (delivery: Delivery) =>
    alone(async () => {
      const outcome = await messenger.call("Redeliver", { roomId, id, deliveryId: delivery.id })
      if (!outcome.isOk) return void setError(outcome.error)
      say(words.deliveries.sent)
      await bring(undefined)
    })
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
                      <Row delivery={delivery()} isPaused={props.isPaused} onAgain={() => void redeliver(delivery())} />
                    )}
                  </Show>
                )}
              </For>
            </ul>
            <Show when={known().hasOlder}>
              <button
                type="button"
                class="button mt-2 w-full"
                aria-disabled={isBusy()}
                onClick={() => void alone(() => bring(known()))}
              >
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
  readonly onAgain: () => void
}): JSX.Element => {
  const about = () => words.deliveries.about[props.delivery.event](props.delivery.number)
  const story = () => storyOf(props.delivery, (at) => whenText(at, Date.now()))
  return (
    <li class="flex items-center gap-2 border-t border-line px-3 py-2 text-sm first:border-t-0">
      <div class="min-w-0 flex-1">
        <p class="flex flex-wrap items-baseline gap-x-2">
          <span class={`font-[550] ${stateClass[props.delivery.state]}`}>
            {words.deliveries.state[props.delivery.state]}
          </span>
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
