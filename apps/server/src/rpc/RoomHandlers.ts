// What may be asked of a room, handed on as it came. No rule of the product lives here.
import { Rooms } from "@messenger/chat/Rooms"
import { RoomRpcs } from "@messenger/protocol/RoomRpcs"
import { Effect } from "effect"
import { asAsker } from "./Authentication.ts"
import { FeedSinks } from "./FeedSinks.ts"

export const roomHandlersLayer = RoomRpcs.toLayer(
  Effect.gen(function* () {
    const rooms = yield* Rooms
    const sinks = yield* FeedSinks
    return {
      FollowRoom: ({ roomId, cursor }, request) =>
        sinks.follow(request, (asker, sink) => rooms.follow(asker, roomId, cursor, sink)),
      PostMessage: (command) => asAsker((asker) => rooms.post(asker, command)),
      EditMessage: (command) => asAsker((asker) => rooms.edit(asker, command)),
      DeleteMessage: (command) =>
        // It names no version, so there is none to conflict with.
        asAsker((asker) => rooms.remove(asker, command)).pipe(Effect.catchTag("EditConflict", Effect.die)),
      History: ({ roomId, anchor, limit }) => asAsker((asker) => rooms.history(asker, roomId, anchor, limit)),
      ListPeople: ({ roomId, after }) => asAsker((asker) => rooms.people(asker, roomId, after)),
      SetTyping: ({ roomId, isTyping }) => asAsker((asker) => rooms.setTyping(asker, roomId, isTyping)),
      CreateRoom: ({ name, isPrivate = false }) => asAsker((asker) => rooms.create(asker, { name, isPrivate }))
    }
  })
)
