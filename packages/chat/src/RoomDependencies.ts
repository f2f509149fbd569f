// What a room is given by whoever starts it.
import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import type { MessageLog } from "@messenger/storage/MessageLog"
import type { Effect } from "effect"
import type { AccessTable } from "./Access.ts"
import type { Commits } from "./Commits.ts"
import type { Faults } from "./Faults.ts"
import type { PeopleTable } from "./People.ts"
import type { Asker } from "./Rooms.ts"

/** What a room is given: its storage, the one who publishes for it, and where its news goes. */
export interface RoomDependencies {
  readonly log: MessageLog["Service"]
  readonly commits: Commits["Service"]
  readonly people: PeopleTable
  readonly access: AccessTable
  /** Records that the asker deleted a message of somebody else. */
  readonly recordModeration: (
    asker: Asker,
    roomId: RoomId,
    message: { readonly author: UserId; readonly number: number }
  ) => Effect.Effect<void>
  readonly faults: Faults
  /** A batch became durable and was published, or a room was started and what may have become durable before is found. */
  readonly onPublished: (roomId: RoomId, changes: number, lastMessage: number) => void
  /** That many followers were handed that broadcast. */
  readonly onDelivered: (deliveries: number) => void
}
