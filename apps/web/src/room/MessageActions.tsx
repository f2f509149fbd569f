import type { Message } from "@messenger/protocol/Message"
import { Show, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { isWithinFocus } from "../ui/focusReturn.ts"
import type { Actions } from "./actions.ts"

/**
 * What can be done with a message, in a small bar that is seen while its row is pointed at or has the focus. It is there for a
 * screen reader all the time, and for the Tab key only in the row that has the focus: the conversation stays one stop.
 */
export const MessageActions = (props: { readonly message: Message; readonly actions: Actions }): JSX.Element => {
  let bar: HTMLElement | undefined
  const [isReached, setReached] = createSignal(false)
  const row = () => bar?.closest("li") ?? undefined
  onMount(() => {
    const element = row()
    if (element === undefined) return
    setReached(isWithinFocus(element))
    element.addEventListener("focusin", () => setReached(true))
    element.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) setReached(false)
    })
  })
  const tabindex = () => (isReached() ? 0 : -1)
  return (
    <span ref={(element) => (bar = element)} class="message-actions">
      <Show when={props.actions.mayEdit(props.message)}>
        <button
          type="button"
          class="icon-button"
          tabindex={tabindex()}
          aria-label={texts.edit.edit}
          data-tip={texts.edit.edit}
          onClick={() => props.actions.edit(props.message, row())}
        >
          <Icon name="pencil" size={16} />
        </button>
      </Show>
      <Show when={props.actions.mayDelete(props.message)}>
        <button
          type="button"
          class="icon-button"
          tabindex={tabindex()}
          aria-label={texts.edit.delete}
          data-tip={texts.edit.delete}
          onClick={() => props.actions.askDelete(props.message, row())}
        >
          <Icon name="bin" size={16} />
        </button>
      </Show>
    </span>
  )
}
