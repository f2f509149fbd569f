import type { User } from "@messenger/protocol/Account"
import * as InboxView from "@messenger/protocol/InboxView"
import { idleAfterMillis } from "@messenger/protocol/Limits"
import { may } from "@messenger/protocol/Rights"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { Match, Show, Switch, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { fromReadable } from "./bridge/fromReadable.ts"
import { Banner } from "./connection/Banner.tsx"
import { createIdle } from "./presence/idle.ts"
import { NoRoom } from "./room/NoRoom.tsx"
import { RoomPage } from "./room/RoomPage.tsx"
import { meMenu } from "./sidebar/Me.tsx"
import { Sidebar } from "./sidebar/Sidebar.tsx"
import { inOrder } from "./sidebar/order.ts"
import { texts } from "./texts.ts"
import { Awaited } from "./ui/Awaited.tsx"
import { useShell } from "./ui/Shell.ts"
import { focusRoom } from "./ui/focusReturn.ts"
import { createLayout } from "./ui/layout.ts"
import { onDemand } from "./ui/onDemand.ts"
import { pathOf } from "./ui/router.ts"
import type { AdminSection, Route } from "./ui/router.ts"

const createRoomDialog = onDemand(async () => (await import("./sidebar/CreateRoom.tsx")).CreateRoom)
const drawer = onDemand(async () => (await import("./ui/Drawer.tsx")).Drawer)

/** The pages of those who run the server. */
export const adminPage = onDemand(async () => (await import("./admin/Admin.tsx")).Admin)

/** The settings; most readers never open them. */
export const settingsPage = onDemand(async () => (await import("./settings/Settings.tsx")).Settings)

const isSettings = (route: Route): boolean => route._tag === "Page" && route.page === "settings"

const administers = (route: Route): AdminSection | undefined => (route._tag === "Admin" ? route.section : undefined)

/** The page of somebody who is known: rooms, the room that the address names, and the people in it. */
export const Home = (props: { readonly me: User }): JSX.Element => {
  const { messenger, router, say } = useShell()
  const feed = fromReadable(messenger.inbox)
  const inbox = createMemo(() => feed().view)
  const isHere = createMemo(() => inbox().me !== undefined)
  const me = () => inbox().me ?? props.me
  // A private room whose feed says that it is gone may be listed for a moment longer.
  const [gone, setGone] = createSignal<RoomId>()
  createEffect(() => {
    const id = gone()
    if (id !== undefined && !inbox().rooms.has(id)) setGone(undefined)
  })
  const rooms = createMemo(() =>
    isHere() ? inOrder(inbox()).filter(({ room }) => !(room.isPrivate && room.id === gone())) : undefined
  )
  // A room made here may be opened before the inbox tells of it.
  const [made, setMade] = createSignal<Room>()
  createEffect(() => {
    const id = made()?.id
    if (id !== undefined && inbox().rooms.has(id)) setMade(undefined)
  })
  const room = createMemo(() => {
    const route = router.route()
    if (route._tag !== "Room") return undefined
    const fresh = made()
    return (
      rooms()?.find((listing) => listing.room.slug === route.slug)?.room ??
      (fresh?.slug === route.slug ? fresh : undefined)
    )
  })
  // Which room was open here when it went: of any other that is not there, nobody is told whether it is a private one.
  const left = createMemo<string | undefined>((before) => {
    const route = router.route()
    if (route._tag !== "Room") return undefined
    return room()?.slug ?? (before === route.slug ? before : undefined)
  })
  const roomId = createMemo(() => room()?.id)
  const landing = createMemo(() => rooms()?.[0]?.room)
  const layout = createLayout()
  const mayAdminister = createMemo(() => may("people.manage", { role: inbox().role ?? "guest", scope: null }))
  const [isCreating, setCreating] = createSignal(false)

  createEffect(() => {
    const first = landing()
    if (router.route()._tag === "Home" && first !== undefined) router.go(pathOf(first.slug), { replace: true })
  })
  createEffect(() => {
    document.title = texts.title(InboxView.unreadRooms(inbox()), room()?.name)
  })

  const isIdle = createIdle(idleAfterMillis)
  createEffect(on(isIdle, (idle) => messenger.setIdle(idle), { defer: true }))
  const status = () => (isIdle() && inbox().status === "online" ? "away" : inbox().status)

  // What opens on a click is fetched once the first picture stands, so that it opens at once, and offline too.
  const connection = fromReadable(messenger.connection)
  const isOpen = createMemo(() => connection()._tag === "Open")
  createEffect(() => {
    if (!isOpen()) return
    const timer = setTimeout(() => void Promise.all([drawer.want(), meMenu.want(), createRoomDialog.want()]), 1000)
    onCleanup(() => clearTimeout(timer))
  })
  const openDialog = async () => {
    setCreating(await createRoomDialog.want())
    if (!isCreating()) say(texts.notLoaded)
  }
  createEffect(() => {
    if (layout.rooms.isDrawer() || layout.people.isDrawer()) void drawer.want()
  })

  const goTo = (target: Pick<Room, "slug">) => {
    setCreating(false)
    router.go(pathOf(target.slug))
  }
  const goToId = (id: RoomId) => {
    const existing = inbox().rooms.get(id)?.room
    if (existing !== undefined) goTo(existing)
  }
  const openRooms = () => (layout.rooms.isColumn() ? undefined : layout.rooms.toggle)
  const [isLeavingDrawer, setLeavingDrawer] = createSignal(false)
  const sidebar = (side: { readonly isDrawer: boolean }) => (
    <Sidebar
      me={me()}
      status={status()}
      inbox={inbox()}
      rooms={rooms()}
      current={roomId()}
      admin={!mayAdminister() ? "none" : router.route()._tag === "Admin" ? "here" : "elsewhere"}
      isDrawer={side.isDrawer}
      onClose={layout.rooms.toggle}
      onGo={() => {
        setLeavingDrawer(layout.rooms.isDrawer())
        layout.rooms.closeDrawer()
      }}
      onCreate={() => {
        layout.rooms.closeDrawer()
        void openDialog()
      }}
    />
  )
  return (
    <div class="flex h-full bg-canvas">
      <Show when={layout.rooms.isColumn()}>
        <nav class="flex w-65 flex-none flex-col border-e border-line bg-surface" aria-label={texts.rooms.title}>
          {sidebar({ isDrawer: false })}
        </nav>
      </Show>
      <Switch
        fallback={
          <main class="relative flex-1" aria-busy="true" aria-label={texts.loading}>
            <Banner notice={undefined} />
          </main>
        }
      >
        <Match when={roomId()} keyed>
          {(id) => (
            <RoomPage
              me={me()}
              inbox={inbox()}
              roomId={id}
              name={room()?.name ?? ""}
              slug={room()?.slug ?? ""}
              topic={room()?.topic ?? ""}
              isPrivate={room()?.isPrivate ?? false}
              marker={inbox().markers.get(id)}
              layout={layout}
              drawer={drawer.part()}
              onGone={() => setGone(id)}
            />
          )}
        </Match>
        <Match when={isHere() && router.route()._tag === "Room"}>
          <NoRoom
            title={left() === undefined ? texts.rooms.noRoom : texts.rooms.left}
            landing={landing()}
            onMenu={openRooms()}
          />
        </Match>
        <Match when={isHere() && router.route()._tag === "Admin" && !mayAdminister()}>
          <NoRoom title={texts.notForYou} landing={landing()} onMenu={openRooms()} />
        </Match>
        <Match when={isHere() && isSettings(router.route())}>
          <Awaited part={settingsPage} with={{ me: me(), onMenu: openRooms() }} />
        </Match>
        <Match when={isHere() && administers(router.route())}>
          {(section) => (
            <Awaited part={adminPage} with={{ section: section(), me: me(), inbox: inbox(), onMenu: openRooms() }} />
          )}
        </Match>
      </Switch>
      <Show when={drawer.part()}>
        {(Part) => (
          <Dynamic
            component={Part()}
            isOpen={layout.rooms.isDrawer()}
            side="start"
            label={texts.rooms.title}
            onClose={layout.rooms.closeDrawer}
            onFocusLeaves={(event: Event) => {
              if (isLeavingDrawer()) {
                event.preventDefault()
                focusRoom()
              }
              setLeavingDrawer(false)
            }}
          >
            {sidebar({ isDrawer: true })}
          </Dynamic>
        )}
      </Show>
      <Show when={createRoomDialog.part()}>
        {(Part) => (
          <Dynamic
            component={Part()}
            isOpen={isCreating()}
            onClose={() => setCreating(false)}
            onMade={(room: Room) => {
              setMade(room)
              goTo(room)
            }}
            onOpenExisting={goToId}
          />
        )}
      </Show>
    </div>
  )
}
