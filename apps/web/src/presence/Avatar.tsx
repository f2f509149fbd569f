import type { User } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { colourOf, initialsOf } from "./initials.ts"

/** Somebody's initials on their colour; decoration beside the name. With a status it has the dot. */
export const Avatar = (props: {
  readonly user: User
  readonly isSmall?: boolean
  readonly status?: Status | undefined
}): JSX.Element => (
  <span
    class={`avatar person-${colourOf(props.user)}${props.isSmall === true ? " avatar-small" : ""}`}
    aria-hidden="true"
  >
    {initialsOf(props.user.name)}
    <Show when={props.status}>{(status) => <i class={`dot dot-${status()}`} />}</Show>
  </span>
)
