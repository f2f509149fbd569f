import type { User } from "@messenger/protocol/Account"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"

/** Says that somebody is a guest, wherever their name stands. */
export const GuestMark = (props: { readonly user: User }): JSX.Element => (
  <Show when={props.user.isGuest}>
    <span class="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 font-normal text-muted">
      {texts.room.guest}
    </span>
  </Show>
)
