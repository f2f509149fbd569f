import type { Message } from "@messenger/protocol/Message"
import { Show, createUniqueId, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { createCount, grow } from "../composer/count.ts"
import { isSend } from "../composer/keys.ts"
import { errorText, texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { createMedia, touch } from "../ui/media.ts"
import type { Draft, Edits } from "./edits.ts"
import { words } from "./words.ts"

/** A message in a box, to be said differently. Enter saves, Escape leaves it as it was. */
export const EditMessage = (props: {
  /** As it stands now. */
  readonly message: Message
  readonly draft: Draft
  readonly edits: Edits
  /** The box is about to close, and the focus with it. */
  readonly onLeave: () => void
}): JSX.Element => {
  const { say } = useShell()
  const isTouch = createMedia(touch)
  const remarkId = createUniqueId()
  const number = props.message.number
  const count = createCount(() => props.draft.text)
  const isOverwriting = () => props.message.change !== props.draft.base.change
  const remark = () => {
    const { refusal } = props.draft
    if (refusal !== undefined && !isOverwriting()) return errorText(refusal)
    return count.remark()
  }
  let field: HTMLTextAreaElement | undefined
  onMount(() => {
    if (field === undefined) return
    field.value = props.draft.text
    grow(field)
    if (!props.edits.takeFocus(number)) return
    field.focus({ preventScroll: true })
    field.setSelectionRange(field.value.length, field.value.length)
    field.scrollIntoView({ block: "nearest" })
  })
  const leave = (go: () => void) => {
    props.onLeave()
    go()
  }
  const save = () => {
    if (props.draft.text.trim() === "" || count.isTooLong()) return
    // Whoever has not seen yet that there is a newer version is told before anything is sent.
    if (isOverwriting()) say(words.conflict)
    else leave(() => props.edits.save(number))
  }
  return (
    <form
      class="flex max-w-[72ch] flex-col gap-1.5 py-1"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Show when={isOverwriting()}>
        <div class="rounded-md border border-line bg-surface p-3 text-sm">
          <p role="alert" class="text-normal">
            {words.conflict}
          </p>
          <p class="message-text my-2 max-h-[6lh] overflow-y-auto text-base" dir="auto">
            {props.message.text}
          </p>
          <p class="flex flex-wrap gap-2">
            <button type="button" class="button" onClick={() => leave(() => props.edits.cancel(number))}>
              {words.keepNewer}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => leave(() => props.edits.saveOver(number, props.message))}
            >
              {words.saveMine}
            </button>
          </p>
        </div>
      </Show>
      <div class="rounded-md border border-line bg-raised focus-within:border-accent">
        <textarea
          ref={(element) => (field = element)}
          class="composer-field block w-full"
          rows={1}
          dir="auto"
          autocapitalize="sentences"
          enterkeyhint="enter"
          aria-label={words.label}
          aria-describedby={remarkId}
          aria-invalid={count.isTooLong() || undefined}
          onInput={(event) => {
            props.edits.write(number, event.currentTarget.value)
            grow(event.currentTarget)
          }}
          onKeyDown={(event) => {
            // The conversation walks with these keys; in a field they move the caret.
            event.stopPropagation()
            if (event.key === "Escape" && !event.isComposing) leave(() => props.edits.cancel(number))
            else if (isSend(event, isTouch())) save()
            else return
            event.preventDefault()
          }}
        />
      </div>
      <div class="flex flex-wrap items-center justify-end gap-2 text-xs">
        <p id={remarkId} role="alert" class="grow text-danger">
          {remark()}
        </p>
        <Show when={!isOverwriting()}>
          <button type="button" class="button text-sm" onClick={() => leave(() => props.edits.cancel(number))}>
            {texts.cancel}
          </button>
          <button
            type="submit"
            class="button button-primary text-sm"
            aria-disabled={props.draft.text.trim() === "" || count.isTooLong()}
          >
            {words.save}
          </button>
        </Show>
      </div>
    </form>
  )
}
