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
  /** The name is one that a program goes by: its avatar has no colour, as no person's does. */
  readonly isAlias?: boolean
  /** In the place of the initials. */
  readonly emoji?: string | undefined
}): JSX.Element => (
  <span
    class={`avatar ${props.isAlias === true ? "avatar-alias" : `person-${colourOf(props.user)}`}${props.isSmall === true ? " avatar-small" : ""}`}
    aria-hidden="true"
  >
    <Show when={props.emoji} fallback={initialsOf(props.user.name)}>
      {(emoji) => <span class="avatar-emoji">{emoji()}</span>}
    </Show>
    <Show when={props.status}>{(status) => <i class={`dot dot-${status()}`} />}</Show>
  </span>
)
