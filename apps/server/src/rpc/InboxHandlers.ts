// What a person may ask about themselves, handed on as it came.
import { Inboxes } from "@messenger/chat/Inboxes"
import { InboxRpcs } from "@messenger/protocol/InboxRpcs"
import { Effect } from "effect"
import { asAsker } from "./Authentication.ts"
import { FeedSinks } from "./FeedSinks.ts"

export const inboxHandlersLayer = InboxRpcs.toLayer(
  Effect.gen(function* () {
    const inboxes = yield* Inboxes
    const sinks = yield* FeedSinks
    return {
      FollowInbox: (_, request) => sinks.follow(request, (asker, sink) => inboxes.follow(asker, sink)),
      MarkRead: ({ roomId, number }) => asAsker((asker) => inboxes.markRead(asker, roomId, number)),
      SetStatus: ({ status }) => asAsker((asker) => inboxes.setStatus(asker, status)),
      SetIdle: ({ isIdle }) => asAsker((asker) => inboxes.setIdle(asker, isIdle))
    }
  })
)
