import { Show, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { words } from "./words.ts"

/** A part of the settings under its heading. */
export const Section = (props: {
  readonly title: string
  readonly hint?: string
  readonly children: JSX.Element
}): JSX.Element => {
  const id = createUniqueId()
  return (
    <section class="border-b border-line py-7 last:border-b-0" aria-labelledby={id}>
      <h2 id={id} class="text-lg font-[620] tracking-[-0.01em]">
        {props.title}
      </h2>
      <Show when={props.hint}>{(hint) => <p class="mt-0.5 max-w-[60ch] text-pretty text-normal">{hint()}</p>}</Show>
      <div class="mt-4">{props.children}</div>
    </section>
  )
}

/** Something one has, and a form behind a button that changes it. */
export const Changeable = (props: {
  readonly label: string
  readonly value: string
  readonly hint: string
  /** What the button does, in full. */
  readonly action: string
  /** The form; it closes itself when it is through. */
  readonly children: (close: () => void) => JSX.Element
}): JSX.Element => {
  const [isOpen, setOpen] = createSignal(false)
  let opener: HTMLButtonElement | undefined
  const close = () => {
    setOpen(false)
    opener?.focus()
  }
  return (
    <div class="border-t border-line py-3 last:pb-0">
      <div class="flex items-center gap-3">
        <div class="min-w-0 flex-1">
          <p class="text-sm text-muted">{props.label}</p>
          <p class="truncate" dir="auto">
            {props.value}
          </p>
        </div>
        <button
          ref={(element) => (opener = element)}
          type="button"
          class="button"
          aria-label={isOpen() ? undefined : props.action}
          aria-expanded={isOpen()}
          onClick={() => setOpen((open) => !open)}
        >
          {isOpen() ? texts.cancel : words.change}
        </button>
      </div>
      <Show when={isOpen()}>
        <div class="mt-3 max-w-100">
          <p class="mb-4 text-sm text-muted">{props.hint}</p>
          {props.children(close)}
        </div>
      </Show>
    </div>
  )
}
