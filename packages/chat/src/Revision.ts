// Whether a message may be edited or deleted, decided on the row as it was read: one's own by oneself, another's deleted by whoever
// moderates the room and edited by nobody. A key that is known is no question of rights.
import { MessageNotFound, NotYourMessage } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import type { AccessTable, Denial } from "./Access.ts"
import type { RoomCommand, Row } from "./RoomCommand.ts"
import type { Command } from "./RoomStep.ts"

type Revise = Extract<RoomCommand, { _tag: "Revise" }>

/** What to do with a revision. `moderated` is the row of somebody else that it deletes. */
export type Decision =
  | { readonly _tag: "Refused"; readonly refusal: Denial | MessageNotFound | NotYourMessage }
  /** Another change of the message is on its way: read the row again when that has settled. */
  | { readonly _tag: "TooEarly" }
  | {
      readonly _tag: "Submitted"
      readonly command: Omit<Command, "reply">
      readonly moderated: Message | undefined
    }

/** `isFresh` says whether the row as it was read is the newest there is. */
export const decide = (
  access: AccessTable,
  roomId: RoomId,
  { asker, change, message }: Pick<Revise, "asker" | "change" | "message">,
  { messages, known }: Row,
  isFresh: (row: Message) => boolean
): Decision => {
  const base = messages.find(({ number }) => number === message)
  const isOthers = base !== undefined && base.author.id !== change.author.id
  const denial = () => access.denial(asker, roomId, isOthers ? "room.moderate" : "room.post")
  const command = { ...change, denial, ...(base === undefined ? {} : { base }) }
  if (known.length > 0) return { _tag: "Submitted", command, moderated: undefined }
  const outside = access.denial(asker, roomId, "room.post")
  if (outside !== undefined) return { _tag: "Refused", refusal: outside }
  if (base !== undefined && !isFresh(base)) return { _tag: "TooEarly" }
  if (base === undefined || base.state === "Deleted") return { _tag: "Refused", refusal: new MessageNotFound() }
  const mayChange = !isOthers || (change.change._tag === "Delete" && denial() === undefined)
  if (!mayChange) return { _tag: "Refused", refusal: new NotYourMessage() }
  return { _tag: "Submitted", command, moderated: isOthers ? base : undefined }
}
