import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"

/** What stands before the name of a room: a hash, or a lock when it is for its members alone, and that in words too. */
export const RoomSign = (props: { readonly isPrivate: boolean; readonly size: number }): JSX.Element => (
  <Show when={props.isPrivate} fallback={<span aria-hidden="true">#</span>}>
    <Icon name="lock" size={props.size} />
    <span class="sr-only">{`${texts.rooms.private} `}</span>
  </Show>
)
