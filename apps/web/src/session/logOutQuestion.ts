import type { Messenger } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import type { Question } from "../ui/Confirm.tsx"
import { errorText, texts } from "../texts.ts"
import type { TellableError } from "../texts.ts"
import { words } from "./words.ts"

/**
 * What somebody is asked who would lose something by logging out: messages that were not sent, or a name that cannot be had again.
 * Nothing, when there is nothing to lose.
 */
export const logOutQuestion = (me: User, unsent: number, leave: Messenger["leave"]): Question | undefined => {
  const sentences = [
    me.isGuest ? words.logout.guest(me.name) : undefined,
    unsent === 0 ? undefined : me.isGuest ? words.logout.guestUnsent(unsent) : words.logout.unsent(unsent)
  ].filter((sentence) => sentence !== undefined)
  if (sentences.length === 0) return undefined
  return { title: words.logout.title, text: sentences.join(" "), action: words.logout.submit, act: leave }
}

/** What is said when logging out was tried and did not work. */
export const triedInVain = (error: TellableError, leave: Messenger["leave"]): Question => ({
  title: words.logout.failed,
  text: errorText(error),
  action: texts.again,
  act: leave
})
