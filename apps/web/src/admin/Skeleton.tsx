import { For } from "solid-js"
import type { JSX } from "solid-js"

const widths = ["w-48", "w-40", "w-56", "w-44", "w-52", "w-36"] as const

/** In the place of a list that is on its way. */
export const Skeleton = (): JSX.Element => (
  <div class="skeleton flex flex-col gap-7 py-4" aria-hidden="true">
    <For each={widths}>{(width) => <i class={`h-4 ${width}`} />}</For>
  </div>
)
