// Chat's branch of the supervision tree. The commit actor is not in it: it belongs to storage, starts before all of this and
// stops after it, so that whatever a room still has to write is written.
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import * as Supervisor from "@messenger/otp/Supervisor"
import * as Worker from "@messenger/otp/Worker"
import { Context, Effect, Layer, Schedule } from "effect"
import { Guests } from "./Guests.ts"
import { InboxesLocal } from "./InboxesLocal.ts"
import { RoomsLocal } from "./RoomsLocal.ts"

export class ChatSupervisor extends Context.Service<ChatSupervisor, { readonly childSpec: ChildSpec }>()(
  "@messenger/chat/ChatSupervisor"
) {
  static readonly layer = Layer.effect(
    ChatSupervisor,
    Effect.gen(function* () {
      const guests = yield* Guests
      const inboxes = yield* InboxesLocal
      const rooms = yield* RoomsLocal
      const janitor = Worker.make({
        id: "sessions-janitor",
        kind: "janitor",
        init: Effect.void,
        // While the database is away there is nothing to tidy: the next round does it.
        run: () => Effect.repeat(Effect.ignore(guests.removeExpired), Schedule.spaced("1 hour"))
      })
      return {
        childSpec: Supervisor.childSpec({
          id: "chat",
          strategy: "one_for_one",
          children: [
            // One supervisor per live room below it, each with its own restart intensity.
            rooms.childSpec,
            // Tells what is new in rooms, so it starts after and stops before them.
            inboxes.childSpec,
            janitor
          ]
        })
      }
    })
  )
}
