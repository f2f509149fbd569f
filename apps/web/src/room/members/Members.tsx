import type { User } from "@messenger/protocol/Account"
import { mayInRoom } from "@messenger/protocol/Rights"
import type { RoomStanding } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import type { Question } from "../../ui/Confirm.tsx"
import { Panel } from "../../ui/Panel.tsx"
import { useShell } from "../../ui/Shell.ts"
import { Export } from "./Export.tsx"
import { Invitations } from "./Invitations.tsx"
import { MemberList } from "./MemberList.tsx"
import { words } from "./words.ts"

/** What the dialog is about, and for whom. */
export interface MembersProps {
  readonly isOpen: boolean
  readonly me: User
  readonly roomId: RoomId
  readonly name: string
  readonly standing: RoomStanding
  readonly ask: (question: Question) => void
  readonly onClose: () => void
}

/** Who belongs to a private room and what they are in it; of a public room, who keeps order. What one may not do is not there. */
export const Members = (props: MembersProps): JSX.Element => {
  const isPrivate = () => props.standing.isPrivate
  return (
    <Panel
      isOpen={props.isOpen}
      title={isPrivate() ? words.title(props.name) : words.rolesTitle(props.name)}
      hint={isPrivate() ? words.hint : words.rolesHint}
      onClose={props.onClose}
    >
      <MemberList me={props.me} roomId={props.roomId} standing={props.standing} ask={props.ask} />
      <Show when={isPrivate()}>
        <Links {...props} />
      </Show>
      <Show when={mayInRoom("room.export", props.standing)}>
        <Export roomId={props.roomId} />
      </Show>
      <Show when={isPrivate()}>
        <Leave {...props} />
      </Show>
    </Panel>
  )
}

/** The ways into a private room. */
const Links = (props: MembersProps): JSX.Element => {
  const { messenger } = useShell()
  const { roomId } = props
  return (
    <Show when={mayInRoom("room.invite", props.standing)}>
      <Invitations
        hint={words.invitations.roomHint}
        list={() => messenger.call("ListRoomInvites", { roomId })}
        make={(terms) => messenger.call("InviteToRoom", { roomId, ...terms })}
        revoke={(id) => messenger.call("RevokeRoomInvite", { roomId, id })}
        ask={props.ask}
      />
    </Show>
  )
}

/** The way out of it. */
const Leave = (props: MembersProps): JSX.Element => {
  const { messenger } = useShell()
  const { roomId } = props
  return (
    <Show when={props.standing.membership !== null && mayInRoom("room.leave", props.standing)}>
      <button
        type="button"
        class="button self-start text-danger"
        onClick={(event) =>
          props.ask({
            title: words.leave.title(props.name),
            text: words.leave.text,
            action: words.leave.submit,
            opener: event.currentTarget,
            // The inbox tells that the room is gone, and its page goes with it.
            act: () => messenger.call("LeaveRoom", { roomId })
          })
        }
      >
        {words.leave.action}
      </button>
    </Show>
  )
}
