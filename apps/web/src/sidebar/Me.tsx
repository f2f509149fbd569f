import type { User } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import { Show, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { Avatar } from "../presence/Avatar.tsx"
import { GuestMark } from "../presence/GuestMark.tsx"
import { texts } from "../texts.ts"
import { createConfirmation } from "../ui/Confirmation.tsx"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { onDemand } from "../ui/onDemand.ts"

/** The menu, which comes when it is first opened, or before. */
export const meMenu = onDemand(async () => (await import("./MeMenu.tsx")).MeMenu)

const buttonClass = "row-button w-full gap-3 px-2 py-1.5"

/** Oneself, as others see one, and the menu behind it. */
export const Me = (props: {
  readonly me: User
  readonly status: Status
  /** The page goes elsewhere. */
  readonly onGo: () => void
}): JSX.Element => {
  const { say } = useShell()
  const confirmation = createConfirmation()
  const [isWanted, setWanted] = createSignal(false)
  const open = async () => {
    setWanted(await meMenu.want())
    if (!isWanted()) say(texts.notLoaded)
  }
  return (
    <div class="flex-none border-t border-line p-2 pb-[max(8px,env(safe-area-inset-bottom))]">
      <Show
        when={isWanted() && meMenu.part()}
        fallback={
          <button type="button" class={buttonClass} aria-haspopup="menu" onClick={() => void open()}>
            <Face me={props.me} status={props.status} />
          </button>
        }
      >
        {(Menu) => (
          <Dynamic
            component={Menu()}
            me={props.me}
            status={props.status}
            buttonClass={buttonClass}
            onGo={props.onGo}
            onAsk={confirmation.ask}
          >
            <Face me={props.me} status={props.status} />
          </Dynamic>
        )}
      </Show>
      <confirmation.Dialog />
    </div>
  )
}

const Face = (props: { readonly me: User; readonly status: Status }): JSX.Element => (
  <>
    <Avatar user={props.me} status={props.status} />
    <span class="min-w-0 grow">
      <span class="flex items-center gap-1.5 leading-tight font-semibold">
        <span class="truncate" dir="auto">
          {props.me.name}
        </span>
        <GuestMark user={props.me} />
      </span>
      <span class="block text-xs text-muted">{texts.status[props.status]}</span>
    </span>
    <span class="text-muted">
      <span class="sr-only">{texts.me.menu}</span>
      <Icon name="chevron" />
    </span>
  </>
)
