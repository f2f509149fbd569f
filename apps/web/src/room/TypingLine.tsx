import type { User } from "@messenger/protocol/Account"
import * as RoomView from "@messenger/protocol/RoomView"
import { Show, createEffect, createMemo, createSignal, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"

/** Who is writing just now, oneself left out. Its place is kept when nobody is. */
export const TypingLine = (props: { readonly view: RoomView.RoomView; readonly me: User }): JSX.Element => {
  const { current } = useShell()
  const [now, setNow] = createSignal(Date.now())
  const names = createMemo(() =>
    RoomView.typists(props.view, Math.max(now(), newestNotice(props.view)))
      .filter((user) => user.id !== props.me.id)
      .map((user) => current(user).name)
  )
  // A notice ends by itself, and nobody says so.
  createEffect(() => {
    if (names().length === 0) return
    const tick = setInterval(() => setNow(Date.now()), 1000)
    onCleanup(() => clearInterval(tick))
  })
  return (
    <Show when={names().length > 0}>
      <Dots />
      <span class="truncate" dir="auto">
        {texts.room.typing(names())}
      </span>
    </Show>
  )
}

const newestNotice = (view: RoomView.RoomView): number =>
  Math.max(0, ...Array.from(view.typing.values(), ({ since }) => since))

const Dots = (): JSX.Element => (
  <span class="typing-dots" aria-hidden="true">
    <i />
    <i />
    <i />
  </span>
)
