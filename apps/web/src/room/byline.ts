// Whom a message is shown as. A webhook may say another name with each message, and an emoji: they prove nothing, so they never stand
// without the mark of a program and the webhook's own name, and nobody but a program has them.
import type { User } from "@messenger/protocol/Account"
import type { Alias } from "@messenger/protocol/Message"
import { texts } from "../texts.ts"

/** What is seen of who wrote a message. */
export interface Byline {
  readonly name: string
  readonly emoji: string | undefined
  /** Under what name the program is known here, when it goes by another. */
  readonly via: string | undefined
}

/** The byline of what `author`, as they are now, wrote. */
export const bylineOf = (author: User, alias: Alias | undefined): Byline =>
  author.isApp === true && alias !== undefined
    ? { name: alias.name, emoji: alias.emoji, via: alias.name === author.name ? undefined : author.name }
    : { name: author.name, emoji: undefined, via: undefined }

/** The same within a sentence, where there is no mark to see. */
export const spokenByline = (author: User, alias: Alias | undefined): string => {
  const { name, via } = bylineOf(author, alias)
  return author.isApp === true ? texts.room.byApp(name, via) : name
}

/** Whether two messages of one author go by the same name and picture. */
export const isSameAlias = (a: Alias | undefined, b: Alias | undefined): boolean =>
  a?.name === b?.name && a?.emoji === b?.emoji
