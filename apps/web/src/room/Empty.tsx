import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { Invite } from "./Invite.tsx"

/** A room in which nothing was said yet: what to do about it. */
export const Empty = (props: {
  readonly name: string
  readonly slug: string
  /** How people come in: by the link of the room, or, since that lets nobody into a private one, by what this opens. */
  readonly invite: "byLink" | "notHere" | (() => void)
}): JSX.Element => (
  <div class="m-auto flex max-w-[44ch] flex-col items-center gap-5 p-6 text-center">
    <p class="text-balance text-normal" dir="auto">
      {texts.room.empty(props.name)}
    </p>
    <Show when={props.invite === "byLink"}>
      <Invite slug={props.slug} />
    </Show>
    <Show when={typeof props.invite === "function" && props.invite}>
      {(open) => (
        <button type="button" class="button button-primary" aria-haspopup="dialog" onClick={() => open()()}>
          <Icon name="invite" />
          {texts.invite.action}
        </button>
      )}
    </Show>
  </div>
)
