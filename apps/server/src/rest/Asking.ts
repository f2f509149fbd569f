// How endpoints ask chat: as whoever sent the request, about the room that its address names, under the key that it names.
import { Rooms, type Asker } from "@messenger/chat/Rooms"
import { Principal } from "@messenger/protocol/Handshake"
import { ClientKey } from "@messenger/protocol/Message"
import { IdempotencyKeyInvalid } from "@messenger/protocol/rest/HttpRefusal"
import { parseIdempotencyKey } from "@messenger/protocol/rest/Idempotency"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"

/** Asks as whoever sent the request. */
export const asAsker = <Answer, Failure, Needs>(
  ask: (asker: Asker) => Effect.Effect<Answer, Failure, Needs>
): Effect.Effect<Answer, Failure, Needs | Principal> => Effect.flatMap(Principal, ask)

/** Asks about a room that is named by its id or its slug; one that the asker may not read is not found. */
export const makeInRoom = Effect.map(
  Rooms,
  (rooms) =>
    <Answer, Failure, Needs>(
      room: string,
      ask: (asker: Asker, roomId: RoomId) => Effect.Effect<Answer, Failure, Needs>
    ) =>
      asAsker((asker) => Effect.flatMap(rooms.find(asker, room), (listing) => ask(asker, listing.room.id)))
)

/** The key of a request: the one it names, else one that is never used again. */
export const keyOf = (headers: {
  readonly "idempotency-key"?: string | undefined
}): Effect.Effect<ClientKey, IdempotencyKeyInvalid> =>
  Effect.suspend(() => {
    const header = headers["idempotency-key"]
    if (header === undefined) return Effect.succeed(ClientKey.make(`server-${randomUUID()}`))
    const key = parseIdempotencyKey(header)
    return key instanceof IdempotencyKeyInvalid ? Effect.fail(key) : Effect.succeed(key)
  })
