import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"

/** The way back to the end, and what has come there meanwhile. */
export const NewestButton = (props: { readonly unseen: number; readonly onClick: () => void }): JSX.Element => (
  <button
    type="button"
    class="absolute inset-x-0 bottom-2 z-10 mx-auto flex h-9 w-fit items-center gap-1.5 rounded-full border border-line bg-raised ps-3 pe-3 text-sm font-[550] shadow-floating pointer-coarse:h-11"
    classList={{ "border-transparent! bg-accent! text-on-accent": props.unseen > 0 }}
    aria-label={props.unseen > 0 ? texts.room.newMessages(props.unseen) : texts.room.newest}
    onClick={() => props.onClick()}
  >
    <Icon name="arrowDown" size={16} />
    <Show when={props.unseen > 0}>{texts.room.newMessages(props.unseen)}</Show>
  </button>
)
