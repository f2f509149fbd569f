import { UserId } from "@messenger/protocol/Account"
import type { InboxFrame, Listing } from "@messenger/protocol/InboxFeed"
import * as InboxView from "@messenger/protocol/InboxView"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { describe, expect, it } from "vitest"

const tea = RoomId.make("tea")
const ada = { id: UserId.make("ada"), name: "Ada", isGuest: false }
const listing = (name: string, change: number, lastMessage: number): Listing => ({
  room: { id: tea, slug: Slug.make("tea"), name, topic: "", isPrivate: false, change },
  lastMessage
})
const snapshot = (rooms: ReadonlyArray<Listing>, number: number, me = ada): InboxFrame => ({
  _tag: "InboxSnapshot",
  me,
  role: "member",
  status: "online",
  rooms,
  markers: [{ roomId: tea, number }],
  memberships: []
})
const after = (...frames: ReadonlyArray<InboxFrame>) => frames.reduce(InboxView.apply, InboxView.empty)

describe("what a person knows of their rooms", () => {
  it("keeps a room's newest name and message, in whatever order they arrive", () => {
    const view = after(
      snapshot([listing("tea", 1, 5)], 0),
      { _tag: "RoomsListed", rooms: [listing("coffee", 4, 6)] },
      { _tag: "RoomsListed", rooms: [listing("milk", 2, 3)] }
    )
    expect(view.rooms.get(tea)).toMatchObject({ room: { name: "coffee" }, lastMessage: 6 })
  })

  it("has unread what is past their marker, which never goes back for them, and begins anew for somebody else", () => {
    expect(InboxView.isUnread(InboxView.empty, tea)).toBe(false)
    const unmarked = after({ _tag: "RoomsListed", rooms: [listing("tea", 1, 1)] })
    expect(InboxView.isUnread(unmarked, tea)).toBe(true)
    const read = after(snapshot([listing("tea", 1, 5)], 5))
    expect([InboxView.isUnread(read, tea), InboxView.unreadRooms(read)]).toEqual([false, 0])
    const stale = InboxView.apply(read, snapshot([listing("tea", 1, 5)], 2))
    expect(InboxView.isUnread(stale, tea)).toBe(false)
    const other = InboxView.apply(read, snapshot([listing("tea", 1, 5)], 2, { ...ada, id: UserId.make("ben") }))
    expect([InboxView.isUnread(other, tea), InboxView.unreadRooms(other)]).toEqual([true, 1])
  })

  it("follows what they choose to be shown as, and passes over what it does not know", () => {
    const view = after(snapshot([], 0), { _tag: "StatusChosen", status: "dnd" })
    expect(view.status).toBe("dnd")
    expect(InboxView.apply(view, { _tag: "Unknown", tag: "Fireworks" })).toBe(view)
  })

  it("calls people as they are called now", () => {
    const view = after(snapshot([], 0), { _tag: "ProfilesChanged", users: [{ ...ada, name: "Ada L." }] })
    const ben = { ...ada, id: UserId.make("ben"), name: "Ben" }
    expect([InboxView.current(view, ada).name, InboxView.current(view, ben).name]).toEqual(["Ada L.", "Ben"])
  })
})
