import { Show, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { texts } from "../texts.ts"
import type { OnDemand } from "./onDemand.ts"

/** A page that is loaded when it is first shown. When it cannot be had, it says so and may be asked for again. */
export const Awaited = <Props extends object>(props: {
  readonly part: OnDemand<Props>
  readonly with: Props
  /** What is shown until it is here. */
  readonly meanwhile?: JSX.Element
}): JSX.Element => {
  const [hasFailed, setFailed] = createSignal(false)
  const want = async () => {
    setFailed(false)
    setFailed(!(await props.part.want()))
  }
  onMount(() => void want())
  return (
    <Show
      when={props.part.part()}
      fallback={
        <Show
          when={hasFailed()}
          fallback={props.meanwhile ?? <main class="flex-1" aria-busy aria-label={texts.loading} />}
        >
          <main class="grid h-full min-w-0 flex-1 place-content-center justify-items-center gap-4 p-6 text-center">
            <p role="alert">{texts.notLoaded}</p>
            <button type="button" class="button" onClick={() => void want()}>
              {texts.again}
            </button>
          </main>
        </Show>
      }
    >
      {(Part) => <Dynamic component={Part()} {...props.with} />}
    </Show>
  )
}
