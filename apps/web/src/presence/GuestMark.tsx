import type { User } from "@messenger/protocol/Account"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"

/** Says that somebody is a guest, or a program, wherever their name stands. */
export const GuestMark = (props: { readonly user: User }): JSX.Element => (
  <Show when={props.user.isApp === true ? texts.room.app : props.user.isGuest ? texts.room.guest : undefined}>
    {(word) => (
      <span class="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 font-normal text-muted">{word()}</span>
    )}
  </Show>
)
