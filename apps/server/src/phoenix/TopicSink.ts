// The sink of one joined topic: the feed of its room, said as Phoenix says it. What is the same for all readers of the topic is
// translated once per broadcast and kept as bytes with it, so a reader costs a look-up and a write; what differs (the answer to the
// join, and one's own entry in a crowded room) is made for each.
import type { Broadcast } from "@messenger/chat/Sink"
import type { User } from "@messenger/protocol/Account"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Status } from "@messenger/protocol/Presence"
import type { Room } from "@messenger/protocol/Room"
import type { RoomFrame, RoomLatest } from "@messenger/protocol/RoomFeed"
import type { ClosableSink, Fastlane } from "../connections/Fastlane.ts"
import * as RoomEvents from "./RoomEvents.ts"
import * as Serializer from "./Serializer.ts"
import { metasOf, type Meta, type TopicPresence } from "./TopicPresence.ts"

/** What a sink needs to know. */
export interface TopicReader {
  readonly fastlane: Fastlane
  readonly topic: string
  readonly room: Room
  /** Where the reader goes on from; undefined when it begins with the newest state. */
  readonly cursor: Cursor | undefined
  readonly presence: TopicPresence
  /** Who reads, as they are now. */
  readonly me: () => User
  /** Answers the join with this JSON; told once, before anything else is written. */
  readonly joined: (response: string) => void
}

export class TopicSink implements ClosableSink {
  readonly #reader: TopicReader
  /** Everything up to this number has been written; a reset may lower it. */
  #number: number
  #hasJoined = false
  #isClosed = false
  /** What the reader was told of itself, and in which crowd: once in each. */
  #own: { readonly crowd: number; readonly meta: Meta } | undefined

  constructor(reader: TopicReader) {
    this.#reader = reader
    this.#number = reader.cursor?.number ?? 0
  }

  write(broadcast: Broadcast): boolean {
    if (this.#isClosed) return true
    const known = broadcast.framed.get(this.#reader.presence.framedKey)
    const hasRoom = known === undefined ? this.#translate(broadcast) : this.#deliver(broadcast, known)
    if (broadcast.upTo > 0) this.#number = broadcast.upTo
    return hasRoom
  }

  get drained() {
    return this.#reader.fastlane.drained
  }

  close(): void {
    this.#isClosed = true
  }

  /** The reader chose a status. In a crowded room nobody else tells it so. */
  restate(status: Status): void {
    const { me, presence } = this.#reader
    const before = this.#own
    if (this.#isClosed || before === undefined || before.crowd !== presence.crowd) return
    const { id } = me()
    const meta = presence.metaOf(me(), status)
    if (meta === before.meta) return
    this.#own = { crowd: before.crowd, meta }
    const leaves = metasOf([[id, before.meta]])
    this.#say({ event: "presence_diff", payload: { joins: metasOf([[id, meta]]), leaves } })
  }

  #deliver({ frames }: Broadcast, bytes: Uint8Array): boolean {
    return bytes.length === 0 || this.#reader.fastlane.deliver(frames, bytes)
  }

  #translate(broadcast: Broadcast): boolean {
    const { presence, topic } = this.#reader
    const crowded = broadcast.framed.get(presence.crowdedKey)
    if (crowded !== undefined) return this.#tellCrowded(broadcast, crowded)
    const frames = RoomEvents.framesOf(broadcast.json)
    if (!this.#hasJoined) return frames.every((frame) => this.#beginWith(frame))
    const isCrowded = frames.some((frame) => frame._tag === "Latest" && frame.values.some(isOfCrowd))
    const bytes = Serializer.frames(
      topic,
      frames.flatMap((frame) => this.#eventsOf(frame))
    )
    broadcast.framed.set(isCrowded ? presence.crowdedKey : presence.framedKey, bytes)
    return isCrowded ? this.#tellCrowded(broadcast, bytes) : this.#deliver(broadcast, bytes)
  }

  // A follow begins with a Hello, and without a cursor the state comes after it.
  #beginWith(frame: RoomFrame): boolean {
    const { cursor, room } = this.#reader
    if (frame._tag === "Hello" && cursor !== undefined) {
      return this.#begin(JSON.stringify(RoomEvents.resumedOf(room, cursor)))
    }
    if (frame._tag !== "Snapshot") return true
    return this.#begin(JSON.stringify(RoomEvents.stateOf(frame.state, frame.cursor)))
  }

  #begin(response: string): boolean {
    this.#hasJoined = true
    this.#reader.joined(response)
    return !this.#reader.fastlane.isLagging
  }

  #eventsOf(frame: RoomFrame): ReadonlyArray<Serializer.Outgoing> {
    switch (frame._tag) {
      case "Changes":
        return RoomEvents.changeEvents(frame.cursor.log, frame.changes, this.#number)
      case "Latest":
        return frame.values.flatMap((value) => this.#latest(value))
      case "Ephemeral":
        return frame.event._tag === "Typing" ? [RoomEvents.typingEvent(frame.event.user, frame.event.isTyping)] : []
      case "Snapshot":
        return [{ event: "reset", payload: RoomEvents.stateOf(frame.state, frame.cursor) }]
      case "Reset": {
        const { cursor, reason, state } = frame
        this.#number = cursor.number
        return [{ event: "reset", payload: { ...RoomEvents.stateOf(state, cursor), reason } }]
      }
      case "Hello":
      case "Unknown":
        return []
    }
  }

  #latest(latest: RoomLatest): ReadonlyArray<Serializer.Outgoing> {
    const { presence } = this.#reader
    switch (latest._tag) {
      case "People":
        if (!latest.isCrowded) return [{ event: "presence_state", payload: presence.whole(latest.people) }]
        presence.crowds()
        return [{ event: "presence_count", payload: { count: latest.count } }]
      case "PeopleChanged":
        return RoomEvents.presenceEvents(presence, latest.here, latest.gone, latest.count)
      case "Unknown":
        return []
    }
  }

  // Of a crowd a reader is told how large it is, and once its own entry in place of the list that it may hold.
  #tellCrowded(broadcast: Broadcast, bytes: Uint8Array): boolean {
    const { me, presence } = this.#reader
    if (presence.crowd !== undefined && this.#own?.crowd !== presence.crowd) {
      const user = me()
      const meta = presence.metaOf(user, presence.statusOf(user.id) ?? "online")
      this.#own = { crowd: presence.crowd, meta }
      this.#say({ event: "presence_state", payload: metasOf([[user.id, meta]]) })
    }
    return this.#deliver(broadcast, bytes)
  }

  #say(event: Serializer.Outgoing): boolean {
    return this.#reader.fastlane.send(Serializer.broadcast(this.#reader.topic, event))
  }
}

const isOfCrowd = (latest: RoomLatest): boolean => latest._tag === "People" && latest.isCrowded
