import type { RoomHandle } from "@messenger/client/Messenger"
import type { MessageInvalid } from "@messenger/protocol/Message"
import { createEffect, createSignal, createUniqueId, on, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { createMedia, touch } from "../ui/media.ts"
import { createCount, grow } from "./count.ts"
import { isEditLast, isSend } from "./keys.ts"

/** Where one writes. What is begun is kept for this room until it is sent. */
export const Composer = (props: {
  readonly handle: RoomHandle
  readonly name: string
  readonly onSent: () => void
  /** Takes up one's last message again; answers whether there is one. */
  readonly onEditLast: () => boolean
  /** Stands above the box, on the line that also counts. */
  readonly above: JSX.Element
}): JSX.Element => {
  const { say } = useShell()
  const isTouch = createMedia(touch)
  const [text, setText] = createSignal("")
  const [refusal, setRefusal] = createSignal<MessageInvalid>()
  const countId = createUniqueId()
  let field: HTMLTextAreaElement | undefined

  const { isTooLong, remark: lengthRemark } = createCount(text)
  const remark = () => {
    const error = refusal()
    return error === undefined ? lengthRemark() : errorText(error)
  }
  createEffect(on(isTooLong, (tooLong) => tooLong && say(remark() ?? ""), { defer: true }))

  const write = (next: string) => {
    setText(next)
    setRefusal(undefined)
    if (field === undefined) return
    if (field.value !== next) field.value = next
    grow(field)
  }
  onMount(async () => {
    // On a touch screen the focus would bring up the keyboard over the conversation one came to read.
    if (!isTouch()) field?.focus()
    const draft = await props.handle.loadDraft()
    if (text() === "" && draft !== "") write(draft)
  })

  const send = () => {
    if (text().trim() === "") return
    const outcome = props.handle.send(text())
    if (!outcome.isOk) {
      setRefusal(outcome.error)
      say(errorText(outcome.error))
      return
    }
    write("")
    props.handle.saveDraft("")
    props.handle.setTyping(false)
    props.onSent()
  }
  return (
    <form
      class="flex-none px-2 pb-[max(8px,env(safe-area-inset-bottom))] two:px-4 two:pb-[max(16px,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault()
        send()
        field?.focus()
      }}
    >
      <div class="flex h-6 items-center gap-2 px-3 text-xs text-muted">
        <span class="flex min-w-0 grow items-center gap-1.5">{props.above}</span>
        <span id={countId} class="shrink-0 tabular-nums" classList={{ "text-danger": isTooLong() || !!refusal() }}>
          {remark()}
        </span>
      </div>
      <div class="composer flex items-end gap-1 rounded-lg border border-line bg-raised p-1.5 shadow-raised focus-within:border-accent">
        <textarea
          ref={(element) => (field = element)}
          class="composer-field flex-1"
          rows={1}
          dir="auto"
          autocapitalize="sentences"
          enterkeyhint={isTouch() ? "enter" : "send"}
          placeholder={texts.composer.label(props.name)}
          aria-label={texts.composer.label(props.name)}
          aria-describedby={countId}
          aria-invalid={isTooLong() || undefined}
          onInput={(event) => {
            write(event.currentTarget.value)
            props.handle.saveDraft(text())
            props.handle.setTyping(text().trim() !== "")
          }}
          onKeyDown={(event) => {
            const isSending = isSend(event, isTouch())
            if (isSending) send()
            if (isSending || (isEditLast(event, text()) && props.onEditLast())) event.preventDefault()
          }}
        />
        <button
          type="submit"
          class="grid size-8.5 flex-none place-items-center rounded-md transition-colors pointer-coarse:size-11"
          classList={{
            "bg-accent text-on-accent": text().trim() !== "" && !isTooLong(),
            "bg-hover text-muted": text().trim() === "" || isTooLong()
          }}
          aria-label={texts.composer.send}
          aria-disabled={text().trim() === "" || isTooLong()}
        >
          <Icon name="arrowUp" />
        </button>
      </div>
    </form>
  )
}
