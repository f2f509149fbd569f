import * as AlertDialog from "@kobalte/core/alert-dialog"
import { Show, createEffect, createSignal, on } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import type { TellableError } from "../texts.ts"
import { createFocusReturn } from "./focusReturn.ts"

/** How what was asked about ended. */
export type Answer = { readonly isOk: true } | { readonly isOk: false; readonly error: TellableError }

/** Something to be asked before it is done. */
export interface Question {
  readonly title: string
  readonly text: string
  /** What it is about, word for word. */
  readonly quote?: string
  /** The word on the button that does it. */
  readonly action: string
  readonly act: () => Promise<Answer>
  /** What gets the focus back when nothing was done; without it, whatever had it. A menu that asked is gone by then. */
  readonly opener?: HTMLElement | undefined
  /** Where the focus goes when it was done, since what had it may be gone. */
  readonly onDone?: () => void
}

/** Asks once. What cannot be undone begins with the focus on the way back. */
export const Confirm = (props: {
  readonly question: Question | undefined
  readonly onClose: () => void
}): JSX.Element => {
  const isOpen = () => props.question !== undefined
  const returnFocus = createFocusReturn(isOpen)
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<TellableError>()
  // What it says stays while it fades.
  const [shown, setShown] = createSignal(props.question)
  let onDone: (() => void) | undefined
  createEffect(
    on(
      () => props.question,
      (question) => {
        if (question === undefined) return
        setShown(question)
        setError(undefined)
        onDone = undefined
      }
    )
  )
  const act = async () => {
    const { question } = props
    if (question === undefined || isBusy()) return
    setBusy(true)
    const answer = await question.act()
    setBusy(false)
    if (!answer.isOk) return setError(answer.error)
    onDone = question.onDone
    props.onClose()
  }
  return (
    <AlertDialog.Root open={isOpen()} onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay class="shade fixed inset-0 z-50 bg-shade" />
        <div class="pointer-events-none fixed inset-0 z-60 grid justify-items-center p-4 pt-[12vh] two:pt-[20vh]">
          <AlertDialog.Content
            class="floating pointer-events-auto h-fit w-full max-w-105 rounded-xl border border-line bg-canvas p-6 shadow-floating outline-none"
            onCloseAutoFocus={(event) => {
              const goOn = onDone ?? (shown()?.opener === undefined ? undefined : () => shown()?.opener?.focus())
              if (goOn !== undefined) {
                event.preventDefault()
                goOn()
              }
              returnFocus(event)
            }}
          >
            <AlertDialog.Title class="text-lg font-[650] tracking-[-0.015em]">{shown()?.title}</AlertDialog.Title>
            <AlertDialog.Description class="mt-0.5 text-normal">{shown()?.text}</AlertDialog.Description>
            <Show when={shown()?.quote}>
              {(quote) => (
                <blockquote
                  class="mt-3 line-clamp-4 rounded-md border border-line bg-surface px-3 py-2 text-sm wrap-anywhere whitespace-pre-wrap"
                  dir="auto"
                >
                  {quote()}
                </blockquote>
              )}
            </Show>
            <p role="alert" class="min-h-6 pt-1.5 text-sm text-danger">
              <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
            </p>
            <div class="mt-2 flex justify-end gap-2">
              <button type="button" class="button" onClick={() => props.onClose()}>
                {texts.cancel}
              </button>
              <button type="button" class="button button-danger" aria-disabled={isBusy()} onClick={() => void act()}>
                {shown()?.action}
              </button>
            </div>
          </AlertDialog.Content>
        </div>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
