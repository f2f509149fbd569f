// Who is here, as a room tells it: joins and leaves collect, and one flush says them all. Pure but for its own tables.
// In a crowded room only the count is told; the two thresholds lie apart, so that a room at the border does not flap.
import type { User, UserId } from "@messenger/protocol/Account"
import * as Limits from "@messenger/protocol/Limits"
import type { Person, Status } from "@messenger/protocol/Presence"
import type { RoomLatest } from "@messenger/protocol/RoomFeed"

/** What is true of a user at the moment of a flush; `undefined` when nobody of that id is here. */
export type Look = (userId: UserId) => { readonly user: User; readonly status: Status } | undefined

/** The people of one room as they were last told. */
export class Presence {
  private readonly told = new Map<UserId, Person>()
  private readonly dirty = new Set<UserId>()
  private isCrowded = false

  /** Something about this user may have changed. Answers whether a flush is to be planned: it was clean before. */
  touch(userId: UserId): boolean {
    const wasClean = this.dirty.size === 0
    this.dirty.add(userId)
    return wasClean
  }

  /** What to tell since the last flush; `undefined` when nothing changed after all. */
  flush(look: Look): RoomLatest | undefined {
    const here: Array<Person> = []
    const gone: Array<UserId> = []
    for (const userId of this.dirty) {
      const found = look(userId)
      const known = this.told.get(userId)
      if (found === undefined) {
        if (this.told.delete(userId)) gone.push(userId)
      } else if (known === undefined || known.status !== found.status || !isSameUser(known.user, found.user)) {
        const person = { user: found.user, status: found.status }
        this.told.set(userId, person)
        here.push(person)
      }
    }
    this.dirty.clear()
    if (here.length === 0 && gone.length === 0) return undefined
    const wasCrowded = this.isCrowded
    this.isCrowded = this.told.size > (wasCrowded ? Limits.crowdedUntilBelow - 1 : Limits.crowdedAbove)
    return this.isCrowded || wasCrowded ? this.whole() : { _tag: "PeopleChanged", count: this.told.size, here, gone }
  }

  /** Everybody, for one who comes. */
  whole(): RoomLatest {
    return {
      _tag: "People",
      count: this.told.size,
      isCrowded: this.isCrowded,
      people: this.isCrowded ? [] : [...this.told.values()]
    }
  }

  /** At most `limit` people after `after`, in order of their ids. */
  page(after: UserId | null, limit: number): { readonly people: ReadonlyArray<Person>; readonly next: UserId | null } {
    const later = [...this.told.values()]
      .filter(({ user }) => after === null || user.id > after)
      .toSorted((a, b) => (a.user.id < b.user.id ? -1 : 1))
    const people = later.slice(0, limit)
    return { people, next: later.length > limit ? (people.at(-1)?.user.id ?? null) : null }
  }
}

const isSameUser = (one: User, other: User): boolean =>
  one.name === other.name && one.colour === other.colour && one.isGuest === other.isGuest && one.isApp === other.isApp
