// What happens in a room, as lines of a terminal.
import type { RoomEvent } from "@messenger/client/RoomEvents"
import type { User } from "@messenger/protocol/Account"
import type { Alias } from "@messenger/protocol/Message"
import { visible, visibleLines } from "./Visible.ts"

/** How a line is dressed: with escape sequences for a terminal, with nothing for a pipe. */
export interface Dress {
  readonly quiet: (text: string) => string
  readonly strong: (text: string) => string
}

/** For files, pipes, and people who want no colours. */
export const plain: Dress = { quiet: (text) => text, strong: (text) => text }

/** For a terminal: SGR 2 is faint, 1 is bold, 22 is neither. */
export const dressed: Dress = {
  quiet: (text) => `\u{1b}[2m${text}\u{1b}[22m`,
  strong: (text) => `\u{1b}[1m${text}\u{1b}[22m`
}

/** The line of an event, without its end; undefined for what is no message. */
export const lineOf = (event: RoomEvent, { quiet, strong }: Dress): string | undefined => {
  switch (event._tag) {
    case "Posted": {
      const { at, author, alias, text } = event.message
      return `${quiet(timeOf(at))} ${strong(nameOf(author, alias))}: ${visibleLines(text)}`
    }
    case "Edited": {
      const { at, editedAt, author, alias, text } = event.message
      return `${quiet(timeOf(editedAt ?? at))} ${strong(nameOf(author, alias))} edited: ${visibleLines(text)}`
    }
    case "Deleted": {
      const { at, author, alias } = event.message
      return `${quiet(timeOf(at))} ${strong(nameOf(author, alias))}: ${quiet("(deleted)")}`
    }
    case "RoomChanged":
    case "Reset":
      return undefined
  }
}

/**
 * Who it is, and what, where that is no account. An alias is said by whoever knows the address of a webhook: it never stands without
 * the name of the app.
 */
export const nameOf = (author: User, alias: Alias | undefined): string => {
  const name = visible(author.name)
  if (alias !== undefined) return `${visible(alias.name)} (app ${name})`
  if (author.isApp === true) return `${name} (app)`
  return author.isGuest ? `${name} (guest)` : name
}

// By the clock and the zone of whoever reads.
const timeOf = (atMillis: number): string => {
  const at = new Date(atMillis)
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":")
}
