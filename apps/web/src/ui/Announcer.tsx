import { createSignal } from "solid-js"
import type { JSX } from "solid-js"

/** The one voice of the page: what is said last stands in the one live region, and a screen reader reads it. */
export const createAnnouncer = (): { readonly say: (text: string) => void; readonly Region: () => JSX.Element } => {
  const [sentence, setSentence] = createSignal("")
  return {
    say: (text) => {
      // The same sentence twice is no change of the page and would not be read: a trailing space makes it one.
      setSentence((before) => (before === text ? `${text}\u00a0` : text))
    },
    Region: () => (
      <div class="sr-only" aria-live="polite" aria-atomic="true">
        {sentence()}
      </div>
    )
  }
}
