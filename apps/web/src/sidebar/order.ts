import type { Listing } from "@messenger/protocol/InboxFeed"
import type { InboxView } from "@messenger/protocol/InboxView"
import { byName } from "../ui/order.ts"

const byRoomName = byName(({ room }: Listing) => room.name)

/** Where a newcomer lands, if the server still has it. */
const landing = "lobby"

/** The rooms by name, the lobby first. */
export const inOrder = (inbox: InboxView): ReadonlyArray<Listing> =>
  [...inbox.rooms.values()].toSorted(
    (a, b) => Number(b.room.slug === landing) - Number(a.room.slug === landing) || byRoomName(a, b)
  )
