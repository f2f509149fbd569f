// The messages that are being rewritten on this screen. What was written stays when its row is scrolled away, and comes back when
// the server refuses it; what is on its way to the server is the client's (`Messenger.changes`).
import type { EditRefusal, RoomHandle } from "@messenger/client/Messenger"
import type { Message } from "@messenger/protocol/Message"
import { batch, createSignal } from "solid-js"
import type { Accessor } from "solid-js"
import { errorText } from "../texts.ts"

/** A message that is being rewritten. */
export interface Draft {
  /** The version that the writer saw: another one meanwhile is a conflict, for the writer to decide. */
  readonly base: Message
  readonly text: string
  /** Why the server, or the contract, did not take it. */
  readonly refusal: EditRefusal | undefined
}

/** The drafts of a room, by the number of the message. */
export interface Edits {
  readonly drafts: Accessor<ReadonlyMap<number, Draft>>
  readonly begin: (message: Message) => void
  readonly write: (number: number, text: string) => void
  /** Sends what was written; nothing is sent when it says what the message says. */
  readonly save: (number: number) => void
  /** Sends what was written instead of the version `newer`, which came meanwhile. */
  readonly saveOver: (number: number, newer: Message) => void
  readonly cancel: (number: number) => void
  /** Whether the box of this message has just been opened, and so takes the focus; true once. */
  readonly takeFocus: (number: number) => boolean
}

/** The drafts of the room of `handle`; `say` speaks of what was refused. */
export const createEdits = (handle: Pick<RoomHandle, "edit">, say: (text: string) => void): Edits => {
  const [drafts, setDrafts] = createSignal<ReadonlyMap<number, Draft>>(new Map())
  let opened: number | undefined
  const set = (number: number, draft: Draft | undefined) =>
    setDrafts((before) => {
      const next = new Map(before)
      if (draft === undefined) next.delete(number)
      else next.set(number, draft)
      return next
    })
  const send = async (number: number, { base, text }: Draft) => {
    set(number, undefined)
    if (text.trim() === base.text) return
    const outcome = await handle.edit(base, text)
    if (outcome.isOk) return
    say(errorText(outcome.error))
    // Whoever has begun anew meanwhile goes on with that.
    if (!drafts().has(number)) set(number, { base, text, refusal: outcome.error })
  }
  return {
    drafts,
    begin: (message) => {
      opened = message.number
      batch(() => {
        // A box that was opened and left as it was needs no key to close it.
        for (const [number, { base, text }] of drafts()) if (text === base.text) set(number, undefined)
        if (!drafts().has(message.number))
          set(message.number, { base: message, text: message.text, refusal: undefined })
      })
    },
    write: (number, text) => {
      const draft = drafts().get(number)
      if (draft !== undefined) set(number, { ...draft, text, refusal: undefined })
    },
    save: (number) => {
      const draft = drafts().get(number)
      if (draft !== undefined) void send(number, draft)
    },
    saveOver: (number, newer) => {
      const draft = drafts().get(number)
      if (draft !== undefined) void send(number, { ...draft, base: newer })
    },
    cancel: (number) => set(number, undefined),
    takeFocus: (number) => {
      const isOpened = opened === number
      if (isOpened) opened = undefined
      return isOpened
    }
  }
}
