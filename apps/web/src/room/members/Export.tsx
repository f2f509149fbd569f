import type { RoomId } from "@messenger/protocol/Room"
import { createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { words } from "./words.ts"

/** The whole conversation as a file. Plain links, which a browser keeps as it comes, however long it is. */
export const Export = (props: { readonly roomId: RoomId }): JSX.Element => {
  const titleId = createUniqueId()
  const path = () => `/api/v1/rooms/${encodeURIComponent(props.roomId)}/export`
  return (
    <section aria-labelledby={titleId}>
      <h3 id={titleId} class="font-[620]">
        {words.export.title}
      </h3>
      <p class="text-sm text-normal">{words.export.hint}</p>
      <p class="mt-3 flex flex-wrap gap-2">
        <a class="button" href={`${path()}?format=html`} download="">
          {words.export.page}
        </a>
        <a class="button" href={`${path()}?format=json`} download="">
          {words.export.json}
        </a>
      </p>
    </section>
  )
}
