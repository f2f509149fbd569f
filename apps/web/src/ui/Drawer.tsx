import * as Dialog from "@kobalte/core/dialog"
import type { JSX } from "solid-js"
import { createFocusReturn } from "./focusReturn.ts"

/** What a drawer needs. */
export interface DrawerProps {
  readonly isOpen: boolean
  readonly side: "start" | "end"
  readonly label: string
  readonly children: JSX.Element
  readonly onClose: () => void
  /** Where the focus goes afterwards, when it is not to go back to where it came from. */
  readonly onFocusLeaves?: ((event: Event) => void) | undefined
}

/** A column that lies over the conversation where there is no space beside it. Escape and a touch outside close it. */
export const Drawer = (props: DrawerProps): JSX.Element => {
  const returnFocus = createFocusReturn(() => props.isOpen)
  return (
    <Dialog.Root open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade fixed inset-0 z-30 bg-shade" />
        <Dialog.Content
          aria-label={props.label}
          class="drawer fixed inset-y-0 z-40 flex w-[min(300px,84vw)] flex-col bg-surface shadow-floating outline-none"
          classList={{ "drawer-end end-0": props.side === "end", "start-0": props.side === "start" }}
          onCloseAutoFocus={(event) => {
            props.onFocusLeaves?.(event)
            returnFocus(event)
          }}
        >
          {props.children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
