import type { OutboxEntry } from "@messenger/client/OutboxEntry"
import type { Message } from "@messenger/protocol/Message"
import { Match, Show, Switch, createEffect, createSignal, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { errorText, texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { dayName, exactTime } from "../ui/times.ts"
import { Byline } from "./Byline.tsx"
import { MessageActions } from "./MessageActions.tsx"
import { MessageText } from "./MessageText.tsx"
import { editBox } from "./actions.ts"
import type { Actions } from "./actions.ts"
import { onLongPress } from "./longPress.ts"
import type { Row } from "./rows.ts"

/** One message, with the day or the line above it, and its author when it opens a group. */
export const MessageRow = (props: {
  readonly row: Row
  readonly index: number
  readonly today: number
  readonly measure: (element: HTMLElement) => void
  readonly actions: Actions
}): JSX.Element => (
  <li
    ref={(element) => {
      onLongPress(element, () => element.focus({ preventScroll: true }))
      // Again when it becomes another row of the list: it is measured as the row it is.
      createEffect(() => {
        element.dataset.index = String(props.index)
        queueMicrotask(() => element.isConnected && props.measure(element))
      })
    }}
    class="outline-none"
    tabindex={-1}
  >
    <Rules day={props.row.day} isNew={props.row.opensNew} today={props.today} />
    <div class="message" classList={{ "message-first": props.row.opensGroup }}>
      <Byline row={props.row} />
      <Content content={props.row.content} actions={props.actions} />
    </div>
  </li>
)

const Rules = (props: {
  readonly day: number | undefined
  readonly isNew: boolean
  readonly today: number
}): JSX.Element => (
  <Show when={props.day !== undefined || props.isNew}>
    <p class="rule mx-4 pt-5 pb-2.5 two:mx-5" classList={{ "rule-new": props.isNew }}>
      {[props.day === undefined ? undefined : dayName(props.day, props.today), props.isNew ? texts.room.new : undefined]
        .filter((word) => word !== undefined)
        .join(" · ")}
    </p>
  </Show>
)

const Content = (props: { readonly content: Row["content"]; readonly actions: Actions }): JSX.Element => (
  <Switch>
    <Match when={props.content._tag === "Settled" && props.content.message}>
      {(message) => <Settled message={message()} actions={props.actions} />}
    </Match>
    <Match when={props.content._tag === "Outgoing" && props.content.entry}>
      {(entry) => <OnItsWay entry={entry()} />}
    </Match>
  </Switch>
)

const Settled = (props: { readonly message: Message; readonly actions: Actions }): JSX.Element => (
  <Switch>
    <Match when={props.message.state === "Present"}>
      <Present message={props.message} actions={props.actions} />
    </Match>
    <Match when={props.message.state === "Deleted"}>
      <p class="message-text text-muted italic">{texts.room.deleted}</p>
    </Match>
    <Match when={props.message.state === "Unreadable"}>
      <p class="message-text text-muted italic">{texts.room.unreadable}</p>
    </Match>
  </Switch>
)

const Present = (props: { readonly message: Message; readonly actions: Actions }): JSX.Element => {
  const draft = () => props.actions.edits.drafts().get(props.message.number)
  const pending = () => props.actions.pendingOf(props.message)
  const text = () => {
    const change = pending()
    return change?._tag === "Edit" ? change.text : props.message.text
  }
  return (
    <Show
      when={draft() !== undefined && editBox.part()}
      fallback={
        <div classList={{ "text-muted": pending() !== undefined }} aria-busy={pending() !== undefined || undefined}>
          <MessageText text={text()}>
            <Show when={props.message.editedAt ?? undefined}>
              {(at) => (
                <time
                  class="ms-1.5 text-xs text-muted"
                  dateTime={new Date(at()).toISOString()}
                  title={texts.room.editedAt(exactTime(at()))}
                >
                  ({texts.room.edited})
                </time>
              )}
            </Show>
          </MessageText>
          <MessageActions message={props.message} actions={props.actions} />
          <Show when={props.actions.refusalOf(props.message)}>
            {(refusal) => (
              <Refusal reason={errorText(refusal())}>
                <button type="button" class="note-button" onClick={() => props.actions.forgetRefusal(props.message)}>
                  {texts.edit.understood}
                </button>
              </Refusal>
            )}
          </Show>
        </div>
      }
    >
      {(Box) => (
        <Show when={draft()}>
          {(current) => (
            <Dynamic
              component={Box()}
              message={props.message}
              draft={current()}
              edits={props.actions.edits}
              onLeave={props.actions.leave}
            />
          )}
        </Show>
      )}
    </Show>
  )
}

/** A message that waits longer than this says so, in milliseconds. */
const lateMillis = 1_000

const OnItsWay = (props: { readonly entry: OutboxEntry }): JSX.Element => {
  // Most messages are on the server before there is time to read that they are not.
  const [isLate, setLate] = createSignal(false)
  const timer = setTimeout(() => setLate(true), lateMillis - (Date.now() - props.entry.writtenAt))
  onCleanup(() => clearTimeout(timer))
  const refusal = () => (props.entry.state._tag === "Refused" ? props.entry.state.error : undefined)
  return (
    <div classList={{ "text-muted": props.entry.state._tag !== "Settled" && refusal() === undefined }}>
      <MessageText text={props.entry.text} />
      <Show when={props.entry.state._tag === "Waiting" && isLate()}>
        <p class="text-xs">{texts.room.pending}</p>
      </Show>
      <Show when={refusal()}>{(error) => <Failed entry={props.entry} reason={errorText(error())} />}</Show>
    </div>
  )
}

const Failed = (props: { readonly entry: OutboxEntry; readonly reason: string }): JSX.Element => {
  const { messenger } = useShell()
  return (
    <Refusal reason={props.reason}>
      <button type="button" class="note-button" onClick={() => void messenger.resend(props.entry.key)}>
        {texts.room.retry}
      </button>
      <button type="button" class="note-button" onClick={() => void messenger.discard(props.entry.key)}>
        {texts.room.discard}
      </button>
    </Refusal>
  )
}

const Refusal = (props: { readonly reason: string; readonly children: JSX.Element }): JSX.Element => (
  <div class="flex max-w-[72ch] flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-danger">
    <span class="flex gap-1.5">
      <span class="mt-px shrink-0">
        <Icon name="warning" size={15} />
      </span>
      {props.reason}
    </span>
    <span class="flex gap-3">{props.children}</span>
  </div>
)
