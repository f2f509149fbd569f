// Parts of the page that are loaded when they are first wanted.
import { createSignal } from "solid-js"
import type { Accessor, Component } from "solid-js"

/** A part that may not be here yet. */
export interface OnDemand<Props extends object> {
  /** The part, once it is here. */
  readonly part: Accessor<Component<Props> | undefined>
  /** Brings the part; answers whether it is here. When it could not be had it may be wanted again. */
  readonly want: () => Promise<boolean>
}

/** A part that `load` brings. */
export const onDemand = <Props extends object>(load: () => Promise<Component<Props>>): OnDemand<Props> => {
  const [part, setPart] = createSignal<Component<Props>>()
  return {
    part,
    want: async () => {
      if (part() !== undefined) return true
      try {
        const loaded = await load()
        setPart(() => loaded)
        return true
      } catch (cause) {
        // Offline, or the part went with a deploy: main.tsx hears of it as vite:preloadError and decides about a reload.
        console.warn("A part of the page could not be loaded.", cause)
        return false
      }
    }
  }
}
