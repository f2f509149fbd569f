import type { CallSuccess } from "@messenger/client/Messenger"
import type { RoomId } from "@messenger/protocol/Room"
import { WebhookEvent } from "@messenger/protocol/Webhook"
import { For, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { Checkbox, Field, FormAlert, Submit } from "../../ui/Field.tsx"
import { useShell } from "../../ui/Shell.ts"
import { createForm } from "../../ui/form.ts"
import type { Typed } from "../../ui/form.ts"
import { words } from "./words.ts"

/** Asks where to tell what happens in the room, and what of it. */
export const NewOutgoing = (props: {
  readonly roomId: RoomId
  readonly onBegin: () => void
  readonly onMade: (made: CallSuccess<"CreateOutgoingWebhook">) => void
}): JSX.Element => {
  const { messenger } = useShell()
  const { roomId } = props
  const noteId = createUniqueId()
  const [events, setEvents] = createSignal<ReadonlyArray<WebhookEvent>>(["message.posted"])
  const [lacksEvent, setLacksEvent] = createSignal(false)
  let group: HTMLElement | undefined
  const form = createForm({
    check: (typed: Typed<"url">) => [["url", typed("url").trim() === "" ? words.outgoing.missing : undefined]],
    placeOf: ({ _tag }) => (_tag === "WebhookUrlRefused" ? "url" : undefined),
    send: async (typed) => {
      props.onBegin()
      const [first, ...others] = events()
      if (first === undefined) throw new Error("A form without an event was sent.")
      const outcome = await messenger.call("CreateOutgoingWebhook", {
        roomId,
        url: typed("url").trim(),
        events: [first, ...others]
      })
      if (outcome.isOk) props.onMade(outcome.value)
      return outcome
    },
    onDone: () => form.clear()
  })
  const choose = (event: WebhookEvent, isChosen: boolean) => {
    setLacksEvent(false)
    // In the order of the contract, whatever was ticked first.
    setEvents((before) => WebhookEvent.literals.filter((one) => (one === event ? isChosen : before.includes(one))))
  }
  return (
    <form
      class="mt-3"
      onSubmit={(event) => {
        if (events().length > 0) return form.onSubmit(event)
        event.preventDefault()
        setLacksEvent(true)
        group?.querySelector("input")?.focus()
      }}
      novalidate
    >
      <Field
        form={form}
        name="url"
        kind="code"
        label={words.outgoing.url}
        hint={words.outgoing.urlHint}
        autocomplete="off"
        enterkeyhint="done"
        isRoomy
      />
      <fieldset ref={(element) => (group = element)} aria-describedby={noteId}>
        <legend class="mb-1 text-sm font-[550]">{words.outgoing.events}</legend>
        <For each={WebhookEvent.literals}>
          {(event) => (
            <Checkbox
              label={words.outgoing.event[event]}
              isChecked={events().includes(event)}
              onChange={(isChosen) => choose(event, isChosen)}
            />
          )}
        </For>
      </fieldset>
      <div class="flex flex-wrap items-center justify-between gap-2 pt-1 pb-2">
        <p id={noteId} role="alert" class="text-sm text-danger">
          {lacksEvent() ? words.outgoing.noEvent : undefined}
        </p>
        <Submit form={form} label={words.outgoing.add} />
      </div>
      <div classList={{ hidden: form.wrong() === undefined }}>
        <FormAlert form={form} />
      </div>
    </form>
  )
}
