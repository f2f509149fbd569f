import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { incomingWebhookPath } from "@messenger/protocol/Webhook"
import type { IncomingWebhook } from "@messenger/protocol/Webhook"
import { For, Show, createMemo, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../../presence/Avatar.tsx"
import { GuestMark } from "../../presence/GuestMark.tsx"
import { errorText } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { Copyable } from "../../ui/Copyable.tsx"
import { Field, FormAlert, Submit } from "../../ui/Field.tsx"
import { ShownOnce } from "../../ui/ShownOnce.tsx"
import { useShell } from "../../ui/Shell.ts"
import { createForm } from "../../ui/form.ts"
import type { Typed } from "../../ui/form.ts"
import { byName } from "../../ui/order.ts"
import { whenText } from "../../ui/when.ts"
import { curlOf } from "./curl.ts"
import { words } from "./words.ts"

type Webhooks = ReadonlyArray<IncomingWebhook>

/** What posts into the room from outside, and a way to let something else. */
export const Incoming = (props: {
  readonly roomId: RoomId
  readonly webhooks: Webhooks
  readonly ask: (question: Question) => void
  readonly onChange: (change: (webhooks: Webhooks) => Webhooks) => void
}): JSX.Element => {
  const { messenger, current, say } = useShell()
  const { roomId } = props
  const titleId = createUniqueId()
  const [address, setAddress] = createSignal<string>()
  const sorted = createMemo(() => props.webhooks.toSorted(byName(({ app }) => current(app).name)))
  // By id, so that a row keeps its button, and the focus on it, when something in it changes.
  const ids = createMemo(() => sorted().map(({ id }) => id))
  let title: HTMLElement | undefined
  const form = createForm({
    check: (typed: Typed<"name">) => {
      const name = parseDisplayName(typed("name"))
      return [["name", name instanceof NameInvalid ? errorText(name) : undefined]]
    },
    placeOf: ({ _tag }) => (_tag === "NameInvalid" ? "name" : undefined),
    send: async (typed) => {
      setAddress(undefined)
      const outcome = await messenger.call("CreateIncomingWebhook", { roomId, name: typed("name") })
      if (!outcome.isOk) return outcome
      const { token, webhook } = outcome.value
      setAddress(`${location.origin}${incomingWebhookPath}${token}`)
      props.onChange((before) => [...before, webhook])
      say(words.incoming.added(webhook.app.name))
      return outcome
    },
    onDone: () => form.clear()
  })
  const remove = (webhook: IncomingWebhook, opener: HTMLElement) => {
    const { name } = current(webhook.app)
    props.ask({
      title: words.incoming.deleteTitle(name),
      text: words.incoming.deleteText,
      action: words.incoming.delete,
      opener,
      act: async () => {
        const outcome = await messenger.call("DeleteWebhook", { roomId, id: webhook.id })
        // Whoever else deleted it has done what was asked for.
        if (!outcome.isOk && outcome.error._tag !== "WebhookNotFound") return outcome
        props.onChange((before) => before.filter(({ id }) => id !== webhook.id))
        setAddress(undefined)
        say(words.incoming.deleted(name))
        return { isOk: true }
      },
      onDone: () => title?.focus()
    })
  }
  return (
    <section aria-labelledby={titleId}>
      <h3 ref={(element) => (title = element)} id={titleId} tabindex={-1} class="font-[620] outline-none">
        {words.incoming.title}
      </h3>
      <p class="text-sm text-pretty text-normal">{words.incoming.hint}</p>
      <ul class="mt-1 flex flex-col" aria-label={words.incoming.title}>
        <For each={ids()} fallback={<li class="py-2 text-sm text-muted">{words.incoming.none}</li>}>
          {(id) => (
            <Show when={sorted().find((webhook) => webhook.id === id)}>
              {(webhook) => <Row webhook={webhook()} onDelete={(opener) => remove(webhook(), opener)} />}
            </Show>
          )}
        </For>
      </ul>
      <form class="mt-3 flex flex-wrap items-start gap-x-2" onSubmit={form.onSubmit} novalidate>
        <div class="min-w-50 flex-1">
          <Field
            form={form}
            name="name"
            kind="name"
            label={words.incoming.name}
            hint={words.incoming.nameHint}
            autocomplete="off"
            enterkeyhint="done"
          />
        </div>
        {/* Beside the field, which stands below its label. */}
        <div class="mt-6">
          <Submit form={form} label={words.incoming.add} isWide />
        </div>
        <div class="w-full" classList={{ hidden: form.wrong() === undefined }}>
          <FormAlert form={form} />
        </div>
      </form>
      <Show when={address()} keyed>
        {(made) => (
          <div class="mt-1 mb-2">
            <ShownOnce
              hint={words.incoming.shown}
              label={words.incoming.label}
              value={made}
              copy={words.copy}
              copied={words.copied}
            >
              <p class="mt-3 mb-1.5 text-sm text-strong">{words.incoming.curl}</p>
              <Copyable
                label={words.incoming.curlLabel}
                value={curlOf(made, words.incoming.hello)}
                copy={words.copy}
                copied={words.copied}
                copyLabel={words.incoming.copyCurl}
              />
            </ShownOnce>
          </div>
        )}
      </Show>
    </section>
  )
}

const Row = (props: {
  readonly webhook: IncomingWebhook
  readonly onDelete: (opener: HTMLElement) => void
}): JSX.Element => {
  const { current } = useShell()
  const app = () => current(props.webhook.app)
  const made = () => words.by(current(props.webhook.createdBy).name, whenText(props.webhook.createdAt, Date.now()))
  const used = () =>
    props.webhook.lastUsedAt === null
      ? words.incoming.neverUsed
      : words.incoming.used(whenText(props.webhook.lastUsedAt, Date.now()))
  return (
    <li class="flex items-center gap-3 border-t border-line py-2.5 first:border-t-0">
      <Avatar user={app()} isSmall />
      <div class="min-w-0 flex-1">
        <p class="flex items-center gap-2">
          <span class="truncate" dir="auto">
            {app().name}
          </span>
          <GuestMark user={app()} />
        </p>
        <p class="text-sm text-muted" dir="auto">{`${made()} · ${used()}`}</p>
      </div>
      <button
        type="button"
        class="button flex-none text-sm"
        aria-label={words.incoming.deleteOf(app().name)}
        onClick={(event) => props.onDelete(event.currentTarget)}
      >
        {words.incoming.delete}
      </button>
    </li>
  )
}
