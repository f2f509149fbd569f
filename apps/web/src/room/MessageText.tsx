import { For, Show, createMemo, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import type { Part } from "./links.ts"

// What finds links is brought by the first text that may have one: most have none, and a link is text until it is here.
const [partsOf, setPartsOf] = createSignal<(text: string) => ReadonlyArray<Part>>()

const mayHaveLinks = (text: string): boolean => /https?:\/\/|@/i.test(text)

const bringLinks = async (): Promise<void> => {
  try {
    const links = await import("./links.ts")
    setPartsOf(() => links.partsOf)
  } catch (cause) {
    // Offline, or gone with a deploy; the next such text tries again.
    console.warn("Links cannot be shown yet.", cause)
  }
}

/** The text of a message as it was written, with its line breaks and its own direction; addresses are links. */
export const MessageText = (props: { readonly text: string; readonly children?: JSX.Element }): JSX.Element => {
  const parts = createMemo((): ReadonlyArray<Part> => {
    const plain = [{ text: props.text, href: undefined }]
    if (!mayHaveLinks(props.text)) return plain
    const find = partsOf()
    if (find === undefined) void bringLinks()
    return find?.(props.text) ?? plain
  })
  return (
    <p class="message-text" dir="auto">
      <For each={parts()}>
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
}
