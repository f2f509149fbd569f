// Names and colours change, and what was received before keeps the old ones: here is how somebody is shown now.
import type { Messenger } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import * as InboxView from "@messenger/protocol/InboxView"
import { createMemo } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"

/** Answers a person as they are now, for as long as the owner lives. It is tracked, and changes only when somebody did. */
export const createCurrent = (messenger: Messenger): ((user: User) => User) => {
  const inbox = fromReadable(messenger.inbox)
  const people = createMemo(() => inbox().view, undefined, {
    equals: (a, b) => a.profiles === b.profiles && a.me === b.me
  })
  return (user) => {
    const view = people()
    return view.me?.id === user.id ? view.me : InboxView.current(view, user)
  }
}
