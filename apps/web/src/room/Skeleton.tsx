import { For } from "solid-js"
import type { JSX } from "solid-js"

const shapes = [
  ["w-28", "w-[62%]"],
  ["w-20", "w-[78%]", "w-[35%]"],
  ["w-32", "w-[48%]"],
  ["w-24", "w-[70%]", "w-[66%]"],
  ["w-28", "w-[30%]"]
] as const

/** The shape of a conversation that is on its way; seen only by whoever waits. */
export const Skeleton = (): JSX.Element => (
  <div class="skeleton mt-auto flex flex-col gap-5 p-4 two:px-5" aria-hidden="true">
    <For each={shapes}>
      {([name, ...lines]) => (
        <div class="flex gap-3">
          <i class="size-9 flex-none" />
          <div class="flex max-w-[72ch] grow flex-col gap-2 pt-1">
            <i class={`h-3 ${name}`} />
            <For each={lines}>{(width) => <i class={`h-3 ${width}`} />}</For>
          </div>
        </div>
      )}
    </For>
  </div>
)
