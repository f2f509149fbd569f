import { Show, createSignal, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Mark } from "../ui/Mark.tsx"

/** While it is not known who is here. Nobody sees it unless that takes longer than it should. */
export const Splash = (): JSX.Element => {
  const [isSlow, setSlow] = createSignal(false)
  const timer = setTimeout(() => setSlow(true), 1500)
  onCleanup(() => clearTimeout(timer))
  return (
    <main class="skeleton grid h-full place-content-center justify-items-center gap-4" aria-label={texts.product}>
      <Mark size={44} />
      <p class="min-h-6 text-muted">
        <Show when={isSlow()}>{texts.connection.connecting}</Show>
      </p>
    </main>
  )
}
