import { Match, Show, Switch, createEffect, on } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { createBanner } from "./banner.ts"
import { isOutdated } from "./upgrade.ts"

/** Says calmly what the connection, or the room, does. It lies over the conversation, so that nothing moves when it comes and goes. */
export const Banner = (props: {
  /** What there is to say when the connection is fine. */
  readonly notice: string | undefined
}): JSX.Element => {
  const { messenger, say } = useShell()
  const connection = fromReadable(messenger.connection)
  const trouble = createBanner(connection)
  const isTroubled = () => trouble() !== undefined
  createEffect(
    on(isTroubled, (troubled, wasTroubled) => {
      if (troubled && connection()._tag !== "Connecting") say(texts.connection.lost)
      if (!troubled && wasTroubled === true) say(texts.connection.back)
    })
  )
  createEffect(() => {
    if (props.notice !== undefined) say(props.notice)
  })
  return (
    <Switch>
      <Match when={isOutdated()}>
        <Strip>
          <span class="grow">{texts.connection.updated}</span>
          <button type="button" class="button button-primary" onClick={() => location.reload()}>
            {texts.reload}
          </button>
        </Strip>
      </Match>
      <Match when={trouble()}>{(sentence) => <Trouble text={sentence()} />}</Match>
      <Match when={props.notice}>
        {(sentence) => (
          <Strip>
            <Sign />
            {sentence()}
          </Strip>
        )}
      </Match>
    </Switch>
  )
}

const Sign = (): JSX.Element => <i class="size-2 shrink-0 rounded-full bg-away" />

const Trouble = (props: { readonly text: string }): JSX.Element => {
  const { messenger } = useShell()
  return (
    <Strip>
      <Sign />
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
