// What may be asked of a room, handed on as it came. No rule of the product lives here.
import { Principal } from "@messenger/protocol/Handshake"
import { RoomRpcs } from "@messenger/protocol/RoomRpcs"
import { Rooms } from "@messenger/chat/Rooms"
import { Effect } from "effect"
import { FeedSinks } from "./FeedSinks.ts"

export const roomHandlersLayer = RoomRpcs.toLayer(
  Effect.gen(function* () {
    const rooms = yield* Rooms
    const sinks = yield* FeedSinks
    return {
      FollowRoom: ({ roomId, cursor }, request) =>
        sinks.follow(request, (asker, sink) => rooms.follow(asker, roomId, cursor, sink)),
      PostMessage: (command) => Effect.flatMap(Principal, (asker) => rooms.post(asker, command)),
      EditMessage: (command) => Effect.flatMap(Principal, (asker) => rooms.edit(asker, command)),
      DeleteMessage: (command) => Effect.flatMap(Principal, (asker) => rooms.remove(asker, command)),
      History: ({ roomId, anchor, limit }) =>
        Effect.flatMap(Principal, (asker) => rooms.history(asker, roomId, anchor, limit)),
      ListPeople: ({ roomId, after }) => Effect.flatMap(Principal, (asker) => rooms.people(asker, roomId, after)),
      SetTyping: ({ roomId, isTyping }) =>
        Effect.flatMap(Principal, (asker) => rooms.setTyping(asker, roomId, isTyping)),
      CreateRoom: ({ name }) => Effect.flatMap(Principal, (asker) => rooms.create(asker, name))
    }
  })
)
