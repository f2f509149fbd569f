import type { User } from "@messenger/protocol/Account"
import * as InboxView from "@messenger/protocol/InboxView"
import { idleAfterMillis } from "@messenger/protocol/Limits"
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
import { useShell } from "./ui/Shell.ts"
import { focusRoom } from "./ui/focusReturn.ts"
import { createLayout } from "./ui/layout.ts"
import { onDemand } from "./ui/onDemand.ts"
import { pathOf } from "./ui/router.ts"

const createRoomDialog = onDemand(async () => (await import("./sidebar/CreateRoom.tsx")).CreateRoom)
const drawer = onDemand(async () => (await import("./ui/Drawer.tsx")).Drawer)

/** The page of somebody who is known: rooms, the room that the address names, and the people in it. */
export const Home = (props: { readonly me: User }): JSX.Element => {
  const { messenger, router, say } = useShell()
  const feed = fromReadable(messenger.inbox)
  const inbox = createMemo(() => feed().view)
  const isHere = createMemo(() => inbox().me !== undefined)
  const rooms = createMemo(() => (isHere() ? inOrder(inbox()) : undefined))
  // A room made here may be opened before the inbox tells of it.
  const [made, setMade] = createSignal<Room>()
  const room = createMemo(() => {
    const route = router.route()
    if (route._tag !== "Room") return undefined
    const fresh = made()
    return (
      rooms()?.find((listing) => listing.room.slug === route.slug)?.room ??
      (fresh?.slug === route.slug ? fresh : undefined)
    )
  })
  const roomId = createMemo(() => room()?.id)
  const landing = createMemo(() => rooms()?.[0]?.room)
  const layout = createLayout()
  const [isCreating, setCreating] = createSignal(false)

  createEffect(() => {
    const first = landing()
    if (router.route()._tag !== "Room" && first !== undefined) router.go(pathOf(first.slug), { replace: true })
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
  const [isLeavingDrawer, setLeavingDrawer] = createSignal(false)
  const sidebar = (side: { readonly isDrawer: boolean }) => (
    <Sidebar
      me={inbox().me ?? props.me}
      status={status()}
      inbox={inbox()}
      rooms={rooms()}
      current={roomId()}
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
              me={inbox().me ?? props.me}
              roomId={id}
              name={room()?.name ?? ""}
              slug={room()?.slug ?? ""}
              topic={room()?.topic ?? ""}
              marker={inbox().markers.get(id)}
              layout={layout}
              drawer={drawer.part()}
            />
          )}
        </Match>
        <Match when={isHere() && router.route()._tag === "Room"}>
          <NoRoom landing={landing()} onMenu={layout.rooms.isColumn() ? undefined : layout.rooms.toggle} />
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
