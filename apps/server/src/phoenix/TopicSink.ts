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
  /**
   * All messages up to this number are known to the reader. It stays behind while the reader is given rows that changed more than once
   * in what it missed, since each of them comes once, where it changed last: until then `#introduced` tells what is known besides.
   */
  #known: number
  readonly #introduced = new Set<number>()
  #hasJoined = false
  #isClosed = false
  /** What the reader was told of itself, and in which crowd: once in each. */
  #own: { readonly crowd: number; readonly meta: Meta } | undefined

  constructor(reader: TopicReader) {
    this.#reader = reader
    this.#number = this.#known = reader.cursor?.number ?? 0
  }

  write(broadcast: Broadcast): boolean {
    if (this.#isClosed) return true
    const { framed, upTo } = broadcast
    // What a log has to tell is the same for all readers who know the same of it.
    const isShared = this.#hasJoined && (upTo === 0 || this.#known === this.#number)
    const bytes = isShared ? framed.get(this.#reader.presence.framedKey) : undefined
    if (bytes === undefined) return this.#translate(broadcast)
    this.#passed(upTo, bytes)
    return this.#deliver(broadcast, bytes)
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

  // What is neither of the log nor a Hello is told to those alone who have caught up.
  #passed(upTo: number, bytes: Uint8Array): void {
    if (upTo > 0) this.#number = this.#known = upTo
    else if (bytes.length > 0 && this.#known !== this.#number) this.#catchesUp(this.#number)
  }

  #catchesUp(number: number): void {
    this.#number = this.#known = number
    this.#introduced.clear()
  }

  #deliver({ frames }: Broadcast, bytes: Uint8Array): boolean {
    return bytes.length === 0 || this.#reader.fastlane.deliver(frames, bytes)
  }

  #translate(broadcast: Broadcast): boolean {
    const { framed, json, upTo } = broadcast
    const { presence, topic } = this.#reader
    const crowded = framed.get(presence.crowdedKey)
    if (crowded !== undefined) return this.#tellCrowded(broadcast, crowded)
    const frames = RoomEvents.framesOf(json)
    if (!this.#hasJoined) return frames.every((frame) => this.#beginWith(frame))
    const isOwn = frames.some((frame) => this.#isOwn(frame))
    const isCrowded = frames.some((frame) => frame._tag === "Latest" && frame.values.some(isOfCrowd))
    const events = frames.flatMap((frame) => this.#eventsOf(frame, isOwn))
    const bytes = Serializer.frames(topic, events)
    if (isCrowded) framed.set(presence.crowdedKey, bytes)
    else if (!isOwn) framed.set(presence.framedKey, bytes)
    if (isCrowded) return this.#tellCrowded(broadcast, bytes)
    if (!isOwn) this.#passed(upTo, bytes)
    return this.#deliver(broadcast, bytes)
  }

  /** Whether the frame says something else to this reader than to others. */
  #isOwn(frame: RoomFrame): boolean {
    if (frame._tag === "Snapshot" || frame._tag === "Reset") return true
    if (frame._tag !== "Changes") return false
    const isWhole = frame.changes.length === frame.cursor.number - this.#number
    return this.#known !== this.#number || !isWhole
  }

  // A follow begins with a Hello, and without a cursor the state comes after it.
  #beginWith(frame: RoomFrame): boolean {
    const { cursor, room } = this.#reader
    if (frame._tag === "Hello" && cursor !== undefined) {
      return this.#begin(JSON.stringify(RoomEvents.resumedOf(room, cursor)))
    }
    if (frame._tag !== "Snapshot") return true
    this.#catchesUp(frame.cursor.number)
    return this.#begin(JSON.stringify(RoomEvents.stateOf(frame.state, frame.cursor)))
  }

  #begin(response: string): boolean {
    this.#hasJoined = true
    this.#reader.joined(response)
    return !this.#reader.fastlane.isLagging
  }

  #eventsOf(frame: RoomFrame, isOwn: boolean): ReadonlyArray<Serializer.Outgoing> {
    switch (frame._tag) {
      case "Changes": {
        const { changes, cursor } = frame
        const introduced = isOwn ? this.#introduced : new Set<number>()
        const events = RoomEvents.changeEvents(cursor.log, changes, this.#known, introduced)
        this.#number = cursor.number
        return events
      }
      case "Latest":
        return frame.values.flatMap((value) => this.#latest(value))
      case "Ephemeral":
        return frame.event._tag === "Typing" ? [RoomEvents.typingEvent(frame.event.user, frame.event.isTyping)] : []
      case "Snapshot":
      case "Reset": {
        const { cursor, state } = frame
        this.#catchesUp(cursor.number)
        const reason = frame._tag === "Reset" ? { reason: frame.reason } : {}
        return [{ event: "reset", payload: { ...RoomEvents.stateOf(state, cursor), ...reason } }]
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
    this.#passed(broadcast.upTo, bytes)
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
