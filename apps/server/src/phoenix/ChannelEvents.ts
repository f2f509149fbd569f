// What a client may push on a topic that it has joined. Handed on to chat as it came: no rule of the product lives here.
import { Inboxes } from "@messenger/chat/Inboxes"
import { Rooms, type Asker, type CommandFailure } from "@messenger/chat/Rooms"
import { ClientKey, type MessageInvalid } from "@messenger/protocol/Message"
import { Status } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Effect, Option, Schema } from "effect"
import { randomUUID } from "node:crypto"
import * as Place from "./Place.ts"

/** What chat may refuse a push with. */
export type EventError = CommandFailure | MessageInvalid | RoomNotFound | Forbidden | RateLimited | StorageUnavailable

/** A push, understood. */
export type Push =
  | { readonly _tag: "NewMessage"; readonly text: string; readonly key: ClientKey }
  | { readonly _tag: "Typing"; readonly isTyping: boolean }
  | { readonly _tag: "Status"; readonly status: Status }

/** A push that is none; `expects` describes the payload that it should have had, if there is such an event. */
export interface NoPush {
  readonly _tag: "NoPush"
  readonly expects: string | undefined
}

/** Reads a push. A message without a key gets one, and may then be posted twice by whoever sends it twice. */
export const read = (event: string, payload: unknown): Push | NoPush => {
  const known = events.get(event)
  if (known === undefined) return { _tag: "NoPush", expects: undefined }
  return Option.getOrElse(known.read(payload), () => ({ _tag: "NoPush", expects: known.expects }))
}

/** What the push does in the room; answers the response. */
export const perform = Effect.fnUntraced(function* (
  asker: Asker,
  roomId: RoomId,
  push: Push
): Effect.fn.Return<object, EventError, Rooms | Inboxes> {
  switch (push._tag) {
    case "NewMessage": {
      const { text, key } = push
      const { number, cursor, at } = yield* (yield* Rooms).post(asker, { roomId, key, text })
      return { number, cursor: Place.format(cursor), at }
    }
    case "Typing":
      yield* (yield* Rooms).setTyping(asker, roomId, push.isTyping)
      return {}
    case "Status":
      yield* (yield* Inboxes).setStatus(asker, push.status)
      return {}
  }
})

interface Known {
  readonly expects: string
  readonly read: (payload: unknown) => Option.Option<Push>
}

const event = <Payload>(
  expects: string,
  payload: Schema.Codec<Payload, unknown>,
  push: (payload: Payload) => Push
): Known => {
  const decode = Schema.decodeUnknownOption(payload)
  return { expects, read: (raw) => Option.map(decode(raw), push) }
}

const events: ReadonlyMap<string, Known> = new Map([
  [
    "new_message",
    event(
      '{"text": string, "key"?: 8 to 64 of A-Z a-z 0-9 _ -}',
      Schema.Struct({ text: Schema.String, key: Schema.optionalKey(ClientKey) }),
      ({ text, key }) => ({ _tag: "NewMessage", text, key: key ?? ClientKey.make(randomUUID()) })
    )
  ],
  [
    "typing",
    event('{"typing": boolean}', Schema.Struct({ typing: Schema.Boolean }), ({ typing }) => ({
      _tag: "Typing",
      isTyping: typing
    }))
  ],
  [
    "status",
    event('{"status": "online", "away" or "dnd"}', Schema.Struct({ status: Status }), ({ status }) => ({
      _tag: "Status",
      status
    }))
  ]
])

/** The events that there are. */
export const eventNames: ReadonlyArray<string> = [...events.keys()]
