import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Invite } from "./Invite.tsx"

/** A room in which nothing was said yet: what to do about it. */
export const Empty = (props: { readonly name: string; readonly slug: string }): JSX.Element => (
  <div class="m-auto flex max-w-[44ch] flex-col items-center gap-5 p-6 text-center">
    <p class="text-balance text-normal" dir="auto">
      {texts.room.empty(props.name)}
    </p>
    <Invite slug={props.slug} />
  </div>
)
