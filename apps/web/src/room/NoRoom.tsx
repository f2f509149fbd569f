import type { Room } from "@messenger/protocol/Room"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { Banner } from "../connection/Banner.tsx"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { isPlainClick, pathOf } from "../ui/router.ts"

/** An address that leads nowhere for this reader, and the way on. */
export const NoRoom = (props: {
  readonly title: string
  readonly landing: Room | undefined
  readonly onMenu: (() => void) | undefined
}): JSX.Element => {
  const { router } = useShell()
  return (
    <main class="relative grid min-w-0 flex-1 place-content-center justify-items-center gap-4 p-6 text-center">
      <Banner notice={undefined} />
      <Show when={props.onMenu}>
        {(open) => (
          <button
            type="button"
            class="icon-button absolute start-2 top-[max(11px,env(safe-area-inset-top))]"
            aria-label={texts.rooms.open}
            onClick={() => open()()}
          >
            <Icon name="menu" />
          </button>
        )}
      </Show>
      <h1 class="text-lg font-[620]">{props.title}</h1>
      <Show when={props.landing}>
        {(room) => (
          <a
            class="button button-primary"
            href={pathOf(room().slug)}
            onClick={(event) => {
              if (!isPlainClick(event)) return
              event.preventDefault()
              router.go(pathOf(room().slug))
            }}
          >
            {texts.rooms.toLobby(room().name)}
          </a>
        )}
      </Show>
    </main>
  )
}
