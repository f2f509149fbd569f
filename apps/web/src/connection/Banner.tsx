import { Show, createEffect, on } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { createBanner } from "./banner.ts"
import { isOutdated } from "./upgrade.ts"

/** Says calmly what the connection does. It lies over the conversation, so that nothing moves when it comes and goes. */
export const Banner = (): JSX.Element => {
  const { messenger, say } = useShell()
  const connection = fromReadable(messenger.connection)
  const text = createBanner(connection)
  const isShown = () => text() !== undefined
  createEffect(
    on(isShown, (shown, wasShown) => {
      if (shown && connection()._tag !== "Connecting") say(texts.connection.lost)
      if (!shown && wasShown === true) say(texts.connection.back)
    })
  )
  return (
    <Show when={isOutdated()} fallback={<Show when={text()}>{(sentence) => <Calm text={sentence()} />}</Show>}>
      <Strip>
        <span class="grow">{texts.connection.updated}</span>
        <button type="button" class="button button-primary" onClick={() => location.reload()}>
          {texts.reload}
        </button>
      </Strip>
    </Show>
  )
}

const Calm = (props: { readonly text: string }): JSX.Element => {
  const { messenger } = useShell()
  return (
    <Strip>
      <i class="size-2 shrink-0 rounded-full bg-away" />
      <span class="tabular-nums text-balance">{props.text}</span>
      <Show when={props.text !== texts.connection.connecting}>
        <button
          type="button"
          class="-my-1 shrink-0 rounded-sm px-2 py-1 font-[550] text-accent hover:underline pointer-coarse:min-h-11"
          onClick={() => messenger.reconnect()}
        >
          {texts.connection.now}
        </button>
      </Show>
    </Strip>
  )
}

const Strip = (props: { readonly children: JSX.Element }): JSX.Element => (
  <div class="absolute inset-x-2 top-2 z-10 mx-auto flex w-fit max-w-[88ch] items-center gap-2.5 rounded-md border border-line bg-raised px-3 py-2 text-sm shadow-floating">
    {props.children}
  </div>
)
