// Which rooms there are and where each stands, in memory, so that no message waits for a look-up. Loaded at start; a new server
// begins with its first rooms here.
import type { Listing } from "@messenger/protocol/InboxFeed"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { Rooms as RoomTable } from "@messenger/storage/Rooms"
import { Clock, Context, Effect, Layer, Option } from "effect"

const firstRooms = [
  { slug: "lobby", topic: "Everyone is here. Be kind, be brief." },
  { slug: "random", topic: "Whatever does not belong anywhere else." }
]

/** The rooms of this server. */
export class RoomDirectory {
  private readonly rooms = new Map<string, Listing>()
  // A room keeps its slug for as long as it lives.
  private readonly bySlug = new Map<string, RoomId>()
  private readonly fresh = new Set<RoomId>()
  private news: () => void = () => undefined

  constructor(listings: ReadonlyArray<Listing>) {
    for (const listing of listings) this.keep(listing)
  }

  get(roomId: RoomId): Listing | undefined {
    return this.rooms.get(roomId)
  }

  /** The room of that id, else the one of that slug. */
  find(idOrSlug: string): Listing | undefined {
    return this.rooms.get(idOrSlug) ?? this.rooms.get(this.bySlug.get(idOrSlug) ?? "")
  }

  get all(): ReadonlyArray<Listing> {
    return [...this.rooms.values()]
  }

  /** A room was made. */
  add(listing: Listing): void {
    this.keep(listing)
    this.tell(listing.room.id)
  }

  /** A room has a newer message. */
  advance(roomId: RoomId, lastMessage: number): void {
    const known = this.rooms.get(roomId)
    if (known === undefined || known.lastMessage >= lastMessage) return
    this.rooms.set(roomId, { ...known, lastMessage })
    this.tell(roomId)
  }

  /** Calls `news` when there is something to take, once until it is taken. */
  onNews(news: () => void): void {
    this.news = news
  }

  /** What changed since the last time. */
  take(): ReadonlyArray<Listing> {
    const listings = [...this.fresh].flatMap((roomId) => this.rooms.get(roomId) ?? [])
    this.fresh.clear()
    return listings
  }

  private keep(listing: Listing): void {
    this.rooms.set(listing.room.id, listing)
    this.bySlug.set(listing.room.slug, listing.room.id)
  }

  private tell(roomId: RoomId): void {
    const wasQuiet = this.fresh.size === 0
    this.fresh.add(roomId)
    if (wasQuiet) this.news()
  }
}

export class Directory extends Context.Service<Directory, RoomDirectory>()("@messenger/chat/Directory") {
  static readonly layer = Layer.effect(
    Directory,
    Effect.gen(function* () {
      const table = yield* RoomTable
      const listings = yield* table.list
      if (listings.length > 0) return new RoomDirectory(listings)
      const at = yield* Clock.currentTimeMillis
      for (const { slug, topic } of firstRooms) {
        yield* table.create({
          id: RoomId.make(slug),
          slug: Slug.make(slug),
          name: slug,
          topic,
          isPrivate: false,
          createdBy: Option.none(),
          at
        })
      }
      return new RoomDirectory(yield* table.list)
    })
  )
}
