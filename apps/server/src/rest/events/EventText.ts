// A room's feed as text/event-stream (WHATWG HTML, 9.2). What all readers get alike is made once per broadcast and kept with it.
//
//   ready     where the stream begins: what follows is what comes after its id
//   message   a message as it is now: posted, edited or deleted      } each with an id from which the stream can be resumed
//   room      the room as it is now, when its name or topic changed  }
//   reset     the stream cannot be resumed: the newest state, to start from anew
//   presence  who is here, whole or what changed
//   typing    somebody types, or stopped
//   end       the last event, and why
import type { Broadcast } from "@messenger/chat/Sink"
import { Cursor, LogId } from "@messenger/protocol/Cursor"
import { Option, Schema } from "effect"

/** One event; `id` is where a reader stands that has seen it. */
export const eventText = (name: string, data: unknown, cursor?: Cursor): string =>
  `${cursor === undefined ? "" : idLine(cursor)}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Says in how many milliseconds to connect again after the stream has ended. */
export const retryText = (millis: number): string => `retry: ${Math.round(millis)}\n\n`

/** Says nothing, so that whoever listens hears that somebody is there. */
export const comment = Buffer.from(":\n\n")

/** An event id as a cursor: `<log>~<number>`. */
export const parseCursor = (id: string): Option.Option<Cursor> => {
  const parts = /^([^~]+)~(0|[1-9]\d{0,15})$/.exec(id)
  return parts === null ? Option.none() : decodeCursor({ log: parts[1], number: Number(parts[2]) })
}

const decodeCursor = Schema.decodeUnknownOption(Cursor)

/** The events of a broadcast; `Hello` is none, since what it means to a reader depends on where they were. */
export const bytesOf = ({ framed, json }: Broadcast): Uint8Array => {
  const known = framed.get(key)
  if (known !== undefined) return known
  const bytes = Buffer.from(framesOf(json).map(frameText).join(""))
  framed.set(key, bytes)
  return bytes
}

const key = "sse"

/** Where a log stands, as the first broadcast of every follow says it; none when it says something else. */
export const helloOf = ({ json }: Broadcast): Option.Option<{ readonly log: LogId; readonly head: number }> => {
  const hello = framesOf(json).find((frame) => frame._tag === "Hello")
  return hello?._tag === "Hello" ? Option.some({ log: LogId.make(hello.log), head: hello.head }) : Option.none()
}

// As chat has encoded them (`RoomFeed`); what is in them is passed on as it is, and what is not known here says nothing.
type Frame =
  | { readonly _tag: "Hello"; readonly log: string; readonly head: number }
  | { readonly _tag: "Snapshot"; readonly cursor: Cursor }
  | { readonly _tag: "Reset"; readonly cursor: Cursor; readonly reason: string; readonly state: unknown }
  | { readonly _tag: "Changes"; readonly cursor: Cursor; readonly changes: ReadonlyArray<Change> }
  | { readonly _tag: "Latest"; readonly values: ReadonlyArray<unknown> }
  | {
      readonly _tag: "Ephemeral"
      readonly event: { readonly _tag: "Typing"; readonly user: unknown; readonly isTyping: boolean }
    }

type Change =
  | { readonly _tag: "MessageChanged"; readonly message: { readonly change: number } }
  | { readonly _tag: "RoomChanged"; readonly room: { readonly change: number } }

const framesOf = (json: string): ReadonlyArray<Frame> => JSON.parse(`[${json}]`)

const frameText = (frame: Frame): string => {
  switch (frame._tag) {
    case "Hello":
      return ""
    case "Snapshot":
      return eventText("ready", { cursor: frame.cursor }, frame.cursor)
    case "Reset": {
      const { cursor, reason, state } = frame
      return eventText("reset", { reason, cursor, state }, cursor)
    }
    case "Changes":
      // A cursor past the last change is said by itself: an id without data moves a reader on and is no event.
      return frame.changes.map((change) => changeText(change, frame.cursor.log)).join("") + `${idLine(frame.cursor)}\n`
    case "Latest":
      return frame.values.map((value) => eventText("presence", value)).join("")
    case "Ephemeral":
      return frame.event._tag === "Typing"
        ? eventText("typing", { user: frame.event.user, isTyping: frame.event.isTyping })
        : ""
    default:
      return ""
  }
}

const changeText = (change: Change, log: LogId): string => {
  switch (change._tag) {
    case "MessageChanged":
      return eventText("message", change.message, { log, number: change.message.change })
    case "RoomChanged":
      return eventText("room", change.room, { log, number: change.room.change })
    default:
      return ""
  }
}

const idLine = ({ log, number }: Cursor): string => `id: ${log}~${number}\n`
