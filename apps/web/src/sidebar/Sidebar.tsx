import type { User } from "@messenger/protocol/Account"
import type { InboxView } from "@messenger/protocol/InboxView"
import { isUnread } from "@messenger/protocol/InboxView"
import type { Listing } from "@messenger/protocol/InboxFeed"
import type { RoomId } from "@messenger/protocol/Room"
import type { Status } from "@messenger/protocol/Presence"
import { For, Show } from "solid-js"
import type { JSX } from "solid-js"
import { RoomSign } from "../room/RoomSign.tsx"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { adminPath, isPlainClick, pathOf } from "../ui/router.ts"
import { Me } from "./Me.tsx"

/** What the sidebar shows, in a column or a drawer. */
export interface SidebarProps {
  readonly me: User
  readonly status: Status
  readonly inbox: InboxView
  /** In the order they are shown; undefined while they are on their way. */
  readonly rooms: ReadonlyArray<Listing> | undefined
  readonly current: RoomId | undefined
  /** Whether this person runs the server, and whether they are at it. */
  readonly admin: "none" | "elsewhere" | "here"
  readonly isDrawer: boolean
  readonly onClose: () => void
  readonly onGo: () => void
  readonly onCreate: () => void
}

/** The rooms, a way to make one, and oneself. */
export const Sidebar = (props: SidebarProps): JSX.Element => (
  <>
    <div class="flex h-14 flex-none items-center gap-2 pt-[env(safe-area-inset-top)] ps-4 pe-2 box-content">
      <span class="grow text-lg font-[650] tracking-[-0.015em]">{texts.product}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={props.isDrawer ? texts.close : texts.rooms.collapse}
        data-tip={props.isDrawer ? texts.close : texts.rooms.collapse}
        onClick={() => props.onClose()}
      >
        <Icon name={props.isDrawer ? "close" : "panel"} />
      </button>
    </div>
    <h2 class="flex-none px-4 pt-1 pb-1.5 text-xs font-[550] text-muted">{texts.rooms.title}</h2>
    <div class="flex min-h-0 flex-1 flex-col pb-2">
      <div class="min-h-0 overflow-y-auto overscroll-contain px-2">
        <Show when={props.rooms} fallback={<RoomsOnTheirWay />}>
          {(rooms) => (
            <ul class="flex flex-col gap-px">
              <For each={rooms()}>
                {({ room }) => (
                  <li>
                    <RoomLink
                      name={room.name}
                      path={pathOf(room.slug)}
                      isPrivate={room.isPrivate}
                      isCurrent={room.id === props.current}
                      isUnread={isUnread(props.inbox, room.id)}
                      onGo={props.onGo}
                    />
                  </li>
                )}
              </For>
            </ul>
          )}
        </Show>
      </div>
      {/* Below the list and not in it: in sight however many rooms there are. */}
      <div class="flex-none px-2 pt-1">
        <button type="button" class="row-button w-full text-muted" onClick={() => props.onCreate()}>
          <span class="grid w-4.5 place-items-center">
            <Icon name="plus" size={16} />
          </span>
          {texts.rooms.create}
        </button>
      </div>
    </div>
    <Show when={props.admin !== "none"}>
      <div class="flex-none px-2 pb-2">
        <PlaceLink path={adminPath("people")} isCurrent={props.admin === "here"} onGo={props.onGo}>
          <span class="grid w-4.5 place-items-center text-muted">
            <Icon name="shield" size={16} />
          </span>
          <span class="min-w-0 grow truncate">{texts.admin}</span>
        </PlaceLink>
      </div>
    </Show>
    <Me me={props.me} status={props.status} onGo={props.onGo} />
  </>
)

const RoomLink = (props: {
  readonly name: string
  readonly path: string
  readonly isPrivate: boolean
  readonly isCurrent: boolean
  readonly isUnread: boolean
  readonly onGo: () => void
}): JSX.Element => (
  <PlaceLink
    path={props.path}
    isCurrent={props.isCurrent}
    isUnread={props.isUnread && !props.isCurrent}
    onGo={props.onGo}
  >
    <span class="grid w-4.5 place-items-center font-normal text-muted">
      <RoomSign isPrivate={props.isPrivate} size={14} />
    </span>
    <span class="min-w-0 grow truncate" dir="auto">
      {props.name}
    </span>
    <Show when={props.isUnread && !props.isCurrent}>
      <i class="me-1 size-2 shrink-0 rounded-full bg-accent" aria-hidden="true" />
      <span class="sr-only">{texts.rooms.unread}</span>
    </Show>
  </PlaceLink>
)

const PlaceLink = (props: {
  readonly path: string
  readonly isCurrent: boolean
  readonly isUnread?: boolean
  readonly onGo: () => void
  readonly children: JSX.Element
}): JSX.Element => {
  const { router } = useShell()
  return (
    <a
      href={props.path}
      class="row-button text-normal"
      classList={{
        "bg-accent-soft font-[550] text-strong hover:bg-accent-soft": props.isCurrent,
        "font-semibold text-strong": props.isUnread === true
      }}
      aria-current={props.isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        router.go(props.path)
        props.onGo()
      }}
    >
      {props.children}
    </a>
  )
}

const RoomsOnTheirWay = (): JSX.Element => (
  <div class="skeleton flex flex-col gap-4 px-2 py-2" aria-hidden="true">
    <For each={["w-24", "w-32", "w-20"]}>{(width) => <i class={`h-3.5 ${width}`} />}</For>
  </div>
)
