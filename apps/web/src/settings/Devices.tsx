import type { CallFailure, Outcome } from "@messenger/client/Messenger"
import type { Device } from "@messenger/protocol/Device"
import { For, Show, createMemo, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { clockTime, dayName, dayOf, exactTime } from "../ui/times.ts"
import { Section } from "./Section.tsx"
import { clientName, isHandheld } from "./client.ts"
import { words } from "./words.ts"

type Refusal = CallFailure<"ListSessions" | "RevokeSession" | "RevokeOtherSessions">

/** Where one is logged in; each can be logged out from here. */
export const Devices = (): JSX.Element => {
  const { messenger, say } = useShell()
  const [devices, setDevices] = createSignal<ReadonlyArray<Device>>()
  const [refusal, setRefusal] = createSignal<Refusal>()
  const [isBusy, setBusy] = createSignal(false)
  let list: HTMLUListElement | undefined
  const load = async () => {
    const outcome = await messenger.call("ListSessions")
    if (outcome.isOk) setDevices(outcome.value)
    setRefusal(outcome.isOk ? undefined : outcome.error)
  }
  onMount(() => void load())
  // This one first, then as they were used.
  const inOrder = createMemo(() =>
    devices()?.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAt - a.lastUsedAt)
  )
  const logOut = async (ask: () => Promise<Outcome<void, Refusal>>, done: string) => {
    if (isBusy()) return
    setBusy(true)
    const outcome = await ask()
    if (outcome.isOk) {
      await load()
      say(done)
      // What was pressed is gone with its row.
      list?.focus()
    } else setRefusal(outcome.error)
    setBusy(false)
  }
  return (
    <Section title={words.devices.title} hint={words.devices.hint}>
      <Show when={inOrder()} fallback={<OnTheirWay hasFailed={refusal() !== undefined} />}>
        {(known) => (
          <ul
            ref={(element) => (list = element)}
            class="flex flex-col outline-none"
            tabindex={-1}
            aria-label={words.devices.title}
          >
            <For each={known()}>
              {(device) => (
                <Row
                  device={device}
                  isBusy={isBusy()}
                  onLogOut={() =>
                    void logOut(
                      () => messenger.call("RevokeSession", { id: device.id }),
                      words.devices.loggedOut(clientName(device.client))
                    )
                  }
                />
              )}
            </For>
          </ul>
        )}
      </Show>
      <p role="alert" class="text-sm text-danger" classList={{ "mt-2": refusal() !== undefined }}>
        <Show when={refusal()}>{(error) => errorText(error())}</Show>
      </p>
      <Show when={refusal() !== undefined && devices() === undefined}>
        <button type="button" class="button mt-3" onClick={() => void load()}>
          {texts.again}
        </button>
      </Show>
      <Show when={(devices()?.length ?? 0) > 1}>
        <button
          type="button"
          class="button mt-3"
          aria-disabled={isBusy()}
          onClick={() => void logOut(() => messenger.call("RevokeOtherSessions"), words.devices.othersOut)}
        >
          {words.devices.others}
        </button>
      </Show>
    </Section>
  )
}

const Row = (props: {
  readonly device: Device
  readonly isBusy: boolean
  readonly onLogOut: () => void
}): JSX.Element => {
  const name = createMemo(() => clientName(props.device.client))
  return (
    <li class="flex items-center gap-3 border-t border-line py-2.5 first:border-t-0 first:pt-0">
      <span class="text-muted">
        <Icon name={isHandheld(props.device.client) ? "phone" : "device"} size={20} />
      </span>
      <div class="min-w-0 flex-1">
        <p class="truncate" title={props.device.client}>
          {name()}
        </p>
        <p class="flex flex-wrap gap-x-1.5 text-sm text-muted">
          <Show
            when={props.device.isCurrent}
            fallback={
              <time
                dateTime={new Date(props.device.lastUsedAt).toISOString()}
                title={exactTime(props.device.lastUsedAt)}
              >
                {words.devices.used(lastUsed(props.device.lastUsedAt))}
              </time>
            }
          >
            <span class="font-[550] text-accent">{words.devices.current}</span>
          </Show>
          <Show when={props.device.address}>{(address) => <span>{words.devices.from(address())}</span>}</Show>
        </p>
      </div>
      <Show when={!props.device.isCurrent}>
        <button
          type="button"
          class="button"
          aria-label={words.devices.logoutThat(name())}
          aria-disabled={props.isBusy}
          onClick={() => props.onLogOut()}
        >
          {words.devices.logout}
        </button>
      </Show>
    </li>
  )
}

/** When, in a sentence: to the minute for these days, else the day. */
const lastUsed = (at: number): string => {
  const day = dayName(dayOf(at), Date.now())
  const isNear = day === texts.room.today || day === texts.room.yesterday
  return isNear ? `${day.toLowerCase()}, ${clockTime(at)}` : day
}

const OnTheirWay = (props: { readonly hasFailed: boolean }): JSX.Element => (
  <Show when={!props.hasFailed}>
    <div class="skeleton flex min-h-24 flex-col gap-4 py-1" aria-hidden="true">
      <For each={["w-48", "w-40"]}>{(width) => <i class={`h-4 ${width}`} />}</For>
    </div>
  </Show>
)
