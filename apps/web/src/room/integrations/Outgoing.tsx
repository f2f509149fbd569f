import type { RoomId } from "@messenger/protocol/Room"
import type { OutgoingWebhook } from "@messenger/protocol/Webhook"
import { For, Show, createMemo, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { errorText } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { RowMenu, RowMenuItem } from "../../ui/RowMenu.tsx"
import { ShownOnce } from "../../ui/ShownOnce.tsx"
import { useShell } from "../../ui/Shell.ts"
import { byName } from "../../ui/order.ts"
import { whenText } from "../../ui/when.ts"
import { Deliveries } from "./Deliveries.tsx"
import { NewOutgoing } from "./NewOutgoing.tsx"
import { hostOf } from "./host.ts"
import { words } from "./words.ts"

type Webhooks = ReadonlyArray<OutgoingWebhook>

/** Who is told what happens in the room, and a way to tell somebody else. */
export const Outgoing = (props: {
  readonly roomId: RoomId
  readonly webhooks: Webhooks
  readonly ask: (question: Question) => void
  readonly onChange: (change: (webhooks: Webhooks) => Webhooks) => void
}): JSX.Element => {
  const { messenger, say } = useShell()
  const { roomId } = props
  const titleId = createUniqueId()
  const [secret, setSecret] = createSignal<string>()
  const [error, setError] = createSignal<TellableError>()
  const sorted = createMemo(() => props.webhooks.toSorted(byName(({ url }) => url)))
  // By id, so that a row keeps its button, and the focus on it, when something in it changes.
  const ids = createMemo(() => sorted().map(({ id }) => id))
  let title: HTMLElement | undefined
  const setActive = async ({ id, url }: OutgoingWebhook, isActive: boolean) => {
    const outcome = await messenger.call("SetWebhookActive", { roomId, id, isActive })
    setError(outcome.isOk ? undefined : outcome.error)
    if (!outcome.isOk) return
    props.onChange((before) => before.map((webhook) => (webhook.id === id ? outcome.value : webhook)))
    say(isActive ? words.outgoing.isResumed(hostOf(url)) : words.outgoing.isPaused(hostOf(url)))
  }
  const remove = ({ id, url }: OutgoingWebhook, opener: HTMLElement | undefined) =>
    props.ask({
      title: words.outgoing.deleteTitle(hostOf(url)),
      text: words.outgoing.deleteText,
      action: words.outgoing.delete,
      opener,
      act: async () => {
        const outcome = await messenger.call("DeleteWebhook", { roomId, id })
        // Whoever else deleted it has done what was asked for.
        if (!outcome.isOk && outcome.error._tag !== "WebhookNotFound") return outcome
        props.onChange((before) => before.filter((webhook) => webhook.id !== id))
        setSecret(undefined)
        say(words.outgoing.deleted(hostOf(url)))
        return { isOk: true }
      },
      onDone: () => title?.focus()
    })
  return (
    <section aria-labelledby={titleId}>
      <h3 ref={(element) => (title = element)} id={titleId} tabindex={-1} class="font-[620] outline-none">
        {words.outgoing.title}
      </h3>
      <p class="text-sm text-pretty text-normal">{words.outgoing.hint}</p>
      <p role="alert" class="text-sm text-danger empty:hidden">
        <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
      </p>
      <ul class="mt-1 flex flex-col" aria-label={words.outgoing.title}>
        <For each={ids()} fallback={<li class="py-2 text-sm text-muted">{words.outgoing.none}</li>}>
          {(id) => (
            <Show when={sorted().find((webhook) => webhook.id === id)}>
              {(webhook) => (
                <Row
                  roomId={roomId}
                  webhook={webhook()}
                  onActive={(isActive) => void setActive(webhook(), isActive)}
                  onDelete={(opener) => remove(webhook(), opener)}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
      <NewOutgoing
        roomId={roomId}
        onBegin={() => setSecret(undefined)}
        onMade={(made) => {
          setSecret(made.secret)
          props.onChange((before) => [...before, made.webhook])
          say(words.outgoing.added(hostOf(made.webhook.url)))
        }}
      />
      <Show when={secret()} keyed>
        {(made) => (
          <div class="mt-1 mb-2">
            <ShownOnce
              hint={words.outgoing.shown}
              label={words.outgoing.label}
              value={made}
              copy={words.copy}
              copied={words.copied}
            >
              <p class="mt-2 text-sm text-pretty text-normal">{words.outgoing.verify}</p>
            </ShownOnce>
          </div>
        )}
      </Show>
    </section>
  )
}

const Row = (props: {
  readonly roomId: RoomId
  readonly webhook: OutgoingWebhook
  readonly onActive: (isActive: boolean) => void
  readonly onDelete: (opener: HTMLElement | undefined) => void
}): JSX.Element => {
  const { current } = useShell()
  const [isOpen, setOpen] = createSignal(false)
  const deliveriesId = createUniqueId()
  const host = () => hostOf(props.webhook.url)
  const made = () => words.by(current(props.webhook.createdBy).name, whenText(props.webhook.createdAt, Date.now()))
  const told = () => words.outgoing.told(props.webhook.events.map((event) => words.outgoing.eventMark[event]))
  let button: HTMLElement | undefined
  return (
    <li class="border-t border-line py-2.5 first:border-t-0">
      <div class="flex items-start gap-2">
        <div class="min-w-0 flex-1">
          <p class="text-sm wrap-anywhere" dir="ltr">
            {props.webhook.url}
          </p>
          <p class="text-sm text-muted" dir="auto">{`${told()} · ${made()}`}</p>
          <Show when={props.webhook.paused}>
            {(why) => <p class="text-sm text-danger">{words.outgoing.paused[why()]}</p>}
          </Show>
        </div>
        <RowMenu label={words.outgoing.actionsFor(host())} ref={(element) => (button = element)}>
          <RowMenuItem onSelect={() => props.onActive(props.webhook.paused !== null)}>
            {props.webhook.paused === null ? words.outgoing.pause : words.outgoing.resume}
          </RowMenuItem>
          <RowMenuItem isDangerous onSelect={() => props.onDelete(button)}>
            {words.outgoing.delete}
          </RowMenuItem>
        </RowMenu>
      </div>
      <button
        type="button"
        class="note-button mt-1 inline-flex items-center gap-1 text-sm"
        aria-expanded={isOpen()}
        aria-controls={deliveriesId}
        aria-label={words.deliveries.showOf(host())}
        onClick={() => setOpen((open) => !open)}
      >
        {words.deliveries.show}
        <span classList={{ "rotate-180": isOpen() }}>
          <Icon name="chevron" size={14} />
        </span>
      </button>
      <div id={deliveriesId}>
        <Show when={isOpen()}>
          <Deliveries
            roomId={props.roomId}
            id={props.webhook.id}
            label={words.deliveries.title(host())}
            isPaused={props.webhook.paused !== null}
          />
        </Show>
      </div>
    </li>
  )
}
