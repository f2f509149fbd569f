import { For, Show } from "solid-js"
import type { JSX } from "solid-js"
import { partsOf } from "./links.ts"

/** The text of a message as it was written, with its line breaks and its own direction; addresses are links. */
export const MessageText = (props: { readonly text: string; readonly children?: JSX.Element }): JSX.Element => (
  <p class="message-text" dir="auto">
    <For each={partsOf(props.text)}>
      {(part) => (
        <Show when={part.href} fallback={part.text}>
          {(href) => (
            <a class="link" href={href()} target="_blank" rel="noopener noreferrer nofollow">
              {part.text}
            </a>
          )}
        </Show>
      )}
    </For>
    {props.children}
  </p>
)
