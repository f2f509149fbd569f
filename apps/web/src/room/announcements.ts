// What a screen reader is told of the open room: new messages of others, bundled when they come fast.
import type { User, UserId } from "@messenger/protocol/Account"
import type { RoomView } from "@messenger/protocol/RoomView"
import { texts } from "../texts.ts"
import { spokenByline } from "./byline.ts"

/** Messages that arrive within this time of the first are announced together, in milliseconds. */
export const bundleMillis = 1_000

/** A longer text is cut when it is read out, in UTF-16 code units. */
const spokenLength = 200

/** Takes the views of one room as they come. */
export interface Announcements {
  readonly see: (view: RoomView) => void
  /** Forgets what has not been said yet. */
  readonly stop: () => void
}

/** Says through `say` what is new in the views it sees, under the names people bear now: never history, never what `me` wrote. */
export const createAnnouncements = (
  me: UserId,
  current: (user: User) => User,
  say: (text: string) => void
): Announcements => {
  // Everything up to here is history, or said, or waits to be said; undefined before the first view.
  let heardUpTo: number | undefined
  let log: string | undefined
  let waiting: Array<{ readonly author: string; readonly text: string }> = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const speak = () => {
    timer = undefined
    const [first] = waiting
    if (first === undefined) return
    if (waiting.length === 1) say(texts.announcement.one(first.author, cut(first.text)))
    else say(texts.announcement.many(waiting.length, [...new Set(waiting.map(({ author }) => author))]))
    waiting = []
  }

  return {
    see: (view) => {
      if (view.cursor === undefined) return
      const newest = view.messages.at(-1)?.number ?? 0
      // Another log counts anew: what it begins with is history too.
      if (heardUpTo === undefined || log !== view.cursor.log) {
        heardUpTo = newest
        log = view.cursor.log
        return
      }
      for (const message of view.messages.slice(firstAfter(view, heardUpTo))) {
        if (message.author.id !== me && message.state === "Present")
          waiting.push({ author: spokenByline(current(message.author), message.alias), text: message.text })
      }
      heardUpTo = Math.max(heardUpTo, newest)
      if (waiting.length > 0) timer ??= setTimeout(speak, bundleMillis)
    },
    stop: () => clearTimeout(timer)
  }
}

// New messages are at the end, so this looks from there.
const firstAfter = ({ messages }: RoomView, number: number): number =>
  messages.findLastIndex((message) => message.number <= number) + 1

const cut = (text: string): string => (text.length <= spokenLength ? text : `${text.slice(0, spokenLength)}…`)
