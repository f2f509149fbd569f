// Chat's branch of the supervision tree. The commit actor is not in it: it belongs to storage, starts before all of this and
// stops after it, so that whatever a room still has to write is written.
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import * as Supervisor from "@messenger/otp/Supervisor"
import { Context, Effect, Layer } from "effect"
import { InboxesLocal } from "./InboxesLocal.ts"
import * as Janitor from "./Janitor.ts"
import { RoomsLocal } from "./RoomsLocal.ts"
import { Sessions } from "./Sessions.ts"
import * as WebhookWorker from "./WebhookWorker.ts"

export class ChatSupervisor extends Context.Service<ChatSupervisor, { readonly childSpec: ChildSpec }>()(
  "@messenger/chat/ChatSupervisor"
) {
  static readonly layer = Layer.effect(
    ChatSupervisor,
    Effect.gen(function* () {
      const inboxes = yield* InboxesLocal
      const rooms = yield* RoomsLocal
      const sessions = yield* Sessions
      const webhooks = yield* WebhookWorker.make
      const janitor = yield* Janitor.make
      return {
        childSpec: Supervisor.childSpec({
          id: "chat",
          strategy: "one_for_one",
          children: [
            // Ends what expires, and writes down that sessions were used: also those that are used last.
            sessions.childSpec,
            // One supervisor per live room below it, each with its own restart intensity.
            rooms.childSpec,
            // Tells what is new in rooms, so it starts after and stops before them.
            inboxes.childSpec,
            // Reads what rooms have written, so it starts after and stops before them.
            webhooks,
            janitor
          ]
        })
      }
    })
  )
}
