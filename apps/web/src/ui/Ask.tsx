import * as AlertDialog from "@kobalte/core/alert-dialog"
import type { JSX } from "solid-js"
import { createFocusReturn } from "./focusReturn.ts"

/** Asks before something is done that cannot be undone; what answers it is inside. Escape is a no. */
export const Ask = (props: {
  readonly isOpen: boolean
  readonly title: string
  readonly description: JSX.Element
  readonly children: JSX.Element
  readonly onClose: () => void
}): JSX.Element => {
  const returnFocus = createFocusReturn(() => props.isOpen)
  return (
    <AlertDialog.Root open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay class="shade fixed inset-0 z-50 bg-shade" />
        <div class="pointer-events-none fixed inset-0 z-50 grid justify-items-center overflow-y-auto p-4 pt-[12vh] two:pt-[20vh]">
          <AlertDialog.Content
            class="floating pointer-events-auto h-fit w-full max-w-105 rounded-xl border border-line bg-canvas p-6 shadow-floating outline-none"
            onCloseAutoFocus={returnFocus}
          >
            <AlertDialog.Title class="text-lg font-[650] tracking-[-0.015em]">{props.title}</AlertDialog.Title>
            <AlertDialog.Description as="div" class="mt-1 flex flex-col gap-2 text-pretty text-normal">
              {props.description}
            </AlertDialog.Description>
            {props.children}
          </AlertDialog.Content>
        </div>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
