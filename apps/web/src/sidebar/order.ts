import type { Listing } from "@messenger/protocol/InboxFeed"
import type { InboxView } from "@messenger/protocol/InboxView"

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

/** Where a newcomer lands, if the server still has it. */
const landing = "lobby"

/** The rooms by name, the lobby first. */
export const inOrder = (inbox: InboxView): ReadonlyArray<Listing> =>
  [...inbox.rooms.values()].toSorted(
    (a, b) =>
      Number(b.room.slug === landing) - Number(a.room.slug === landing) || collator.compare(a.room.name, b.room.name)
  )
