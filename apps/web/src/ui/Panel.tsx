import * as Dialog from "@kobalte/core/dialog"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "./Icon.tsx"
import { createFocusReturn } from "./focusReturn.ts"

/** A dialog with a heading that stays, over a part that scrolls. */
export const Panel = (props: {
  readonly isOpen: boolean
  readonly title: string
  readonly hint: string
  readonly children: JSX.Element
  readonly onClose: () => void
}): JSX.Element => {
  const returnFocus = createFocusReturn(() => props.isOpen)
  return (
    // The page never scrolls. A dialog that sees to that itself has the keys of the menus in its list look for what scrolls for ever.
    <Dialog.Root open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()} preventScroll={false}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade fixed inset-0 z-30 bg-shade" />
        {/* A row as high as the screen and no higher: in it the dialog ends where the screen does, and scrolls. */}
        <div class="pointer-events-none fixed inset-0 z-40 grid grid-rows-[minmax(0,1fr)] items-start justify-items-center p-3 two:p-4 two:pt-[10vh]">
          <Dialog.Content
            class="floating pointer-events-auto flex max-h-full w-full max-w-130 flex-col rounded-xl border border-line bg-canvas shadow-floating outline-none two:max-h-[80vh]"
            onCloseAutoFocus={returnFocus}
          >
            <div class="flex flex-none items-start gap-2 border-b border-line ps-6 pt-5 pe-3 pb-2">
              <div class="min-w-0 grow pb-1">
                <Dialog.Title class="truncate text-lg font-[650] tracking-[-0.015em]" dir="auto">
                  {props.title}
                </Dialog.Title>
                <Dialog.Description class="mt-0.5 text-sm text-normal">{props.hint}</Dialog.Description>
              </div>
              <Dialog.CloseButton class="icon-button" aria-label={texts.close}>
                <Icon name="close" />
              </Dialog.CloseButton>
            </div>
            <div class="flex min-h-0 flex-col gap-6 overflow-y-auto overscroll-contain px-6 pt-4 pb-6">
              {props.children}
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
