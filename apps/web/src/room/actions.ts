// What can be done with the messages of a room from their rows: which of it is offered, and how each thing begins.
import type { PendingChange, RemoveRefusal } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import type { Message } from "@messenger/protocol/Message"
import type { RoomStanding } from "@messenger/protocol/Rights"
import { createMemo, createSignal } from "solid-js"
import type { Accessor } from "solid-js"
import type { OpenRoom } from "../bridge/createRoom.ts"
import { fromReadable } from "../bridge/fromReadable.ts"
import { texts } from "../texts.ts"
import type { Question } from "../ui/Confirm.tsx"
import { focusRoom } from "../ui/focusReturn.ts"
import { onDemand } from "../ui/onDemand.ts"
import { useShell } from "../ui/Shell.ts"
import { spokenByline } from "./byline.ts"
import { createEdits } from "./edits.ts"
import type { Edits } from "./edits.ts"
import { mayDelete, mayEdit } from "./rights.ts"

/** The box in which a message is rewritten, which comes when it is first opened, or before. */
export const editBox = onDemand(async () => (await import("./EditMessage.tsx")).EditMessage)

/** What the rows of a room offer. */
export interface Actions {
  readonly edits: Edits
  /** What is on its way to the server for a message. */
  readonly pendingOf: (message: Message) => PendingChange | undefined
  /** Why a message was not deleted. */
  readonly refusalOf: (message: Message) => RemoveRefusal | undefined
  readonly mayEdit: (message: Message) => boolean
  readonly mayDelete: (message: Message) => boolean
  /** Opens the box of a message; when it closes the focus goes to `row`, or without one to where one writes. */
  readonly edit: (message: Message, row: HTMLElement | undefined) => void
  /** Brings the focus back after the box has closed. */
  readonly leave: () => void
  /** Asks, and deletes. */
  readonly askDelete: (message: Message, row: HTMLElement | undefined) => void
  readonly forgetRefusal: (message: Message) => void
  /** Opens the box of one's last message; answers it. */
  readonly editLast: () => Message | undefined
}

/** What actions depend on. */
export interface ActionsOptions {
  readonly room: OpenRoom
  readonly me: Accessor<User>
  readonly standing: Accessor<RoomStanding>
  /** Asks the reader. */
  readonly ask: (question: Question) => void
}

/** The actions of a room, for as long as the owner lives. */
export const createActions = ({ room, me, standing, ask }: ActionsOptions): Actions => {
  const { messenger, current, say } = useShell()
  const { handle } = room
  const edits = createEdits(handle, say)
  const changes = fromReadable(messenger.changes)
  const pending = createMemo(
    () =>
      new Map(
        changes().flatMap((change) => (change.roomId === handle.roomId ? [[change.number, change] as const] : []))
      )
  )
  const [refusals, setRefusals] = createSignal<ReadonlyMap<number, RemoveRefusal>>(new Map())
  const refuse = (number: number, refusal: RemoveRefusal | undefined) =>
    setRefusals((before) => {
      const next = new Map(before)
      if (refusal === undefined) next.delete(number)
      else next.set(number, refusal)
      return next
    })
  const isSettled = (message: Message) => !pending().has(message.number)
  const isEditable = (message: Message) => isSettled(message) && mayEdit(message, me().id, standing())
  let cameFrom: HTMLElement | undefined
  const focus = (row: HTMLElement | undefined) => {
    if (row?.isConnected === true) row.focus({ preventScroll: true })
    else focusRoom()
  }
  const edit = async (message: Message, row: HTMLElement | undefined) => {
    if (!(await editBox.want())) return say(texts.notLoaded)
    cameFrom = row
    edits.begin(message)
  }
  const remove = async (number: number) => {
    const outcome = await handle.remove(number)
    // Whoever else deleted it has done what was asked for.
    if (!outcome.isOk && outcome.error._tag !== "MessageNotFound") refuse(number, outcome.error)
  }
  return {
    edits,
    pendingOf: ({ number }) => pending().get(number),
    refusalOf: ({ number }) => refusals().get(number),
    mayEdit: isEditable,
    mayDelete: (message) => isSettled(message) && mayDelete(message, me().id, standing()),
    edit: (message, row) => void edit(message, row),
    leave: () => {
      const row = cameFrom
      // The box is in the row: first it goes.
      queueMicrotask(() => focus(row))
    },
    askDelete: (message, row) => {
      const isMine = message.author.id === me().id
      ask({
        title: texts.edit.askDelete,
        text: isMine
          ? texts.edit.deleteHint
          : texts.edit.deleteOther(spokenByline(current(message.author), message.alias)),
        quote: message.text,
        action: texts.edit.delete,
        // It is on its way from here on, also without a connection; the row shows it.
        act: async () => {
          refuse(message.number, undefined)
          void remove(message.number)
          return { isOk: true }
        },
        onDone: () => focus(row)
      })
    },
    forgetRefusal: ({ number }) => refuse(number, undefined),
    editLast: () => {
      const last = room.view().messages.findLast(isEditable)
      if (last !== undefined) void edit(last, undefined)
      return last
    }
  }
}
