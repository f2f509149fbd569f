import * as Dialog from "@kobalte/core/dialog"
import type { User } from "@messenger/protocol/Account"
import { mayInRoom } from "@messenger/protocol/Rights"
import type { RoomStanding } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { Icon } from "../../ui/Icon.tsx"
import { useShell } from "../../ui/Shell.ts"
import { createFocusReturn } from "../../ui/focusReturn.ts"
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
  const returnFocus = createFocusReturn(() => props.isOpen)
  const isPrivate = () => props.standing.isPrivate
  return (
    // The page never scrolls. A dialog that sees to that itself has the keys of the menus in its list look for what scrolls for ever.
    <Dialog.Root open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()} preventScroll={false}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade fixed inset-0 z-30 bg-shade" />
        <div class="pointer-events-none fixed inset-0 z-40 grid items-start justify-items-center p-3 two:p-4 two:pt-[10vh]">
          <Dialog.Content
            class="floating pointer-events-auto flex max-h-full w-full max-w-130 flex-col rounded-xl border border-line bg-canvas shadow-floating outline-none two:max-h-[80vh]"
            onCloseAutoFocus={returnFocus}
          >
            <div class="flex flex-none items-start gap-2 ps-6 pt-5 pe-3">
              <div class="min-w-0 grow pb-1">
                <Dialog.Title class="truncate text-lg font-[650] tracking-[-0.015em]" dir="auto">
                  {isPrivate() ? words.title(props.name) : words.rolesTitle(props.name)}
                </Dialog.Title>
                <Dialog.Description class="mt-0.5 text-sm text-normal">
                  {isPrivate() ? words.hint : words.rolesHint}
                </Dialog.Description>
              </div>
              <Dialog.CloseButton class="icon-button" aria-label={texts.close}>
                <Icon name="close" />
              </Dialog.CloseButton>
            </div>
            <div class="flex min-h-0 flex-col gap-6 overflow-y-auto overscroll-contain px-6 pt-3 pb-6">
              <MemberList me={props.me} roomId={props.roomId} standing={props.standing} ask={props.ask} />
              <Show when={isPrivate()}>
                <ToThePrivateRoom {...props} />
              </Show>
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** The ways into a private room, and out of it. */
const ToThePrivateRoom = (props: MembersProps): JSX.Element => {
  const { messenger } = useShell()
  const { roomId } = props
  return (
    <>
      <Show when={mayInRoom("room.invite", props.standing)}>
        <Invitations
          hint={words.invitations.roomHint}
          list={() => messenger.call("ListRoomInvites", { roomId })}
          make={(terms) => messenger.call("InviteToRoom", { roomId, ...terms })}
          revoke={(id) => messenger.call("RevokeRoomInvite", { roomId, id })}
          ask={props.ask}
        />
      </Show>
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
    </>
  )
}
