import type { User } from "@messenger/protocol/Account"
import type { InboxView } from "@messenger/protocol/InboxView"
import type { Message } from "@messenger/protocol/Message"
import { mayInRoom } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { Show, createEffect, createMemo, createSignal, onCleanup } from "solid-js"
import type { Component, JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { createRoom } from "../bridge/createRoom.ts"
import { Composer } from "../composer/Composer.tsx"
import { Banner } from "../connection/Banner.tsx"
import { People } from "../presence/People.tsx"
import { texts } from "../texts.ts"
import type { DrawerProps } from "../ui/Drawer.tsx"
import { createConfirmation } from "../ui/Confirmation.tsx"
import type { Layout } from "../ui/layout.ts"
import { onDemand } from "../ui/onDemand.ts"
import { useShell } from "../ui/Shell.ts"
import { Conversation } from "./Conversation.tsx"
import { Header } from "./Header.tsx"
import { NoRoom } from "./NoRoom.tsx"
import { TypingLine } from "./TypingLine.tsx"
import { createActions } from "./actions.ts"
import { createAnnouncements } from "./announcements.ts"
import { standingIn } from "./rights.ts"

const integrationsDialog = onDemand(async () => (await import("./integrations/Integrations.tsx")).Integrations)
const membersDialog = onDemand(async () => (await import("./members/Members.tsx")).Members)

/** A room on the screen. What the sidebar knows of it is shown at once; its feed brings the rest. */
export interface RoomPageProps {
  readonly me: User
  readonly inbox: InboxView
  readonly roomId: RoomId
  readonly name: string
  readonly slug: string
  readonly topic: string
  readonly isPrivate: boolean
  /** How far the reader has read it, on any device. */
  readonly marker: number | undefined
  readonly layout: Layout
  readonly drawer: Component<DrawerProps> | undefined
  /** Called when the server says that there is no such room for this person, or no longer. */
  readonly onGone: () => void
}

/** The open room: what is said in it, a place to write, and who is here. */
export const RoomPage = (props: RoomPageProps): JSX.Element => {
  const { messenger, current, say } = useShell()
  const room = createRoom(messenger, props.roomId)
  const announcements = createAnnouncements(props.me.id, current, say)
  createEffect(() => announcements.see(room.view()))
  onCleanup(announcements.stop)

  const confirmation = createConfirmation()
  const standing = createMemo(() => standingIn(props.inbox, { id: props.roomId, isPrivate: props.isPrivate }))
  const actions = createActions({ room, me: () => props.me, standing, ask: confirmation.ask })
  const [isMembersOpen, setMembersOpen] = createSignal(false)
  const openMembers = async () => {
    setMembersOpen(await membersDialog.want())
    if (!isMembersOpen()) say(texts.notLoaded)
  }
  const [isIntegrationsOpen, setIntegrationsOpen] = createSignal(false)
  const openIntegrations = async () => {
    setIntegrationsOpen(await integrationsDialog.want())
    if (!isIntegrationsOpen()) say(texts.notLoaded)
  }
  // Everybody belongs to a public room: there it is about who keeps order, for those who say who does.
  const onMembers = () =>
    props.isPrivate || mayInRoom("room.manage", standing()) ? () => void openMembers() : undefined
  // Told again also when it is the same message as before.
  const [wanted, setWanted] = createSignal<Message | undefined>(undefined, { equals: false })
  const isGone = createMemo(() => room.status()._tag === "Failed")
  createEffect(() => isGone() && props.onGone())
  const isHeld = createMemo(() => room.status()._tag === "Held")
  const [sent, setSent] = createSignal(0)
  const people = (onClose: (() => void) | undefined) => (
    <People
      me={props.me}
      view={room.view()}

      listPeople={room.handle.listPeople}
      onClose={onClose}
    />
  )
  return (
    <Show
      when={!isGone()}
      fallback={
        <NoRoom
          title={texts.rooms.noRoom}
          landing={undefined}
          onMenu={props.layout.rooms.isColumn() ? undefined : props.layout.rooms.toggle}
        />
      }
    >
      <main class="flex min-w-0 flex-1 flex-col">
        <Header
          name={props.name}
          slug={props.slug}
          topic={room.view().room?.topic ?? props.topic}
          isPrivate={props.isPrivate}
          presentCount={room.view().presentCount}
          layout={props.layout}
          onMembers={onMembers()}
          onIntegrations={mayInRoom("room.integrate", standing()) ? () => void openIntegrations() : undefined}
        />
        <div class="relative flex min-h-0 flex-1 flex-col">
          <Banner notice={isHeld() ? texts.room.held : undefined} />
          <Conversation
            me={props.me}
            room={room}
            name={props.name}
            slug={props.slug}
            marker={props.marker}
            sent={sent()}
            invite={
              !props.isPrivate ? "byLink" : mayInRoom("room.invite", standing()) ? () => void openMembers() : "notHere"
            }
            actions={actions}
            wanted={wanted()}
          />
        </div>
        <Composer
          handle={room.handle}
          name={props.name}
          onSent={() => setSent((n) => n + 1)}
          onEditLast={() => setWanted(actions.editLast()) !== undefined}
          above={<TypingLine view={room.view()} me={props.me} />}
        />
      </main>
      <Show when={membersDialog.part()}>
        {(Part) => (
          <Dynamic
            component={Part()}
            isOpen={isMembersOpen()}
            me={props.me}
            roomId={props.roomId}
            name={props.name}
            standing={standing()}
            ask={confirmation.ask}
            onClose={() => setMembersOpen(false)}
          />
        )}
      </Show>
      <Show when={integrationsDialog.part()}>
        {(Part) => (
          <Dynamic
            component={Part()}
            isOpen={isIntegrationsOpen()}
            roomId={props.roomId}
            name={props.name}
            ask={confirmation.ask}
            onClose={() => setIntegrationsOpen(false)}
          />
        )}
      </Show>
      <confirmation.Dialog />
      <Show when={props.layout.people.isColumn()}>
        <aside class="flex w-60 flex-none flex-col border-s border-line bg-surface" aria-label={texts.people.title}>
          {people(undefined)}
        </aside>
      </Show>
      <Show when={props.drawer}>
        {(Part) => (
          <Dynamic
            component={Part()}
            isOpen={props.layout.people.isDrawer()}
            side="end"
            label={texts.people.title}
            onClose={props.layout.people.closeDrawer}
          >
            {people(props.layout.people.closeDrawer)}
          </Dynamic>
        )}
      </Show>
    </Show>
  )
}
