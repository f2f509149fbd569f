// Who is present in a topic, in the shape that `Presence` of the phoenix client keeps: for each user a list of metas, each with a
// `phx_ref` of its own. A room tells who is here now; clients want to be told which meta goes and which comes, so what they were told
// is kept here, once for all readers of a topic.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Person } from "@messenger/protocol/Presence"
import { randomUUID } from "node:crypto"

/** What a client holds of somebody who is present. There is one meta for each, however many connections they have. */
export interface Meta {
  /** Another one whenever anything else changes. */
  readonly phx_ref: string
  readonly name: string
  readonly status: Person["status"]
  readonly guest: boolean
  readonly app: boolean
}

/** Everybody who is present, or those who came or went. */
export type Metas = Readonly<Record<UserId, { readonly metas: ReadonlyArray<Meta> }>>

/** What `Presence.syncDiff` takes, and whose status is another one. */
export interface Change {
  readonly joins: Metas
  readonly leaves: Metas
  readonly restated: ReadonlyArray<Person>
}

/** The people of one topic, as its readers were last told. */
export class TopicPresence {
  readonly #id = randomUUID().slice(0, 8)
  /** Names what is framed for its readers, to whom alone its refs say something; for a crowd in another way. */
  readonly framedKey = `phoenix ${this.#id}`
  readonly crowdedKey = `phoenix ${this.#id} crowd`
  readonly #told = new Map<UserId, Meta>()
  #refs = 0
  #crowds = 0
  #isCrowded = false

  /** Which crowd this is, counted from 1; undefined while lists are told. */
  get crowd(): number | undefined {
    return this.#isCrowded ? this.#crowds : undefined
  }

  /** From now on only a count is told, and to each reader its own entry. */
  crowds(): void {
    if (!this.#isCrowded) this.#crowds++
    this.#isCrowded = true
  }

  /** Everybody, said anew. Whoever was told before and has not changed keeps their ref. */
  whole(people: ReadonlyArray<Person>): Metas {
    this.#isCrowded = false
    const here = new Set(people.map(({ user }) => user.id))
    for (const userId of this.#told.keys()) if (!here.has(userId)) this.#told.delete(userId)
    return metasOf(people.map(({ user, status }) => [user.id, this.metaOf(user, status)]))
  }

  /** Who came, changed or went; `count` is how many are present after it. */
  change(here: ReadonlyArray<Person>, gone: ReadonlyArray<UserId>, count: number): Change {
    const known = new Map(this.#told)
    // A room that restarted tells of all who are here, and of nobody who went meanwhile.
    const named = new Set(here.map(({ user }) => user.id))
    const missing = here.length === count ? [...known.keys()].filter((userId) => !named.has(userId)) : []
    const joins = here.map(({ user, status }) => [user.id, this.metaOf(user, status)] as const)
    const leaving = [...gone, ...missing]
    for (const userId of leaving) this.#told.delete(userId)
    const changed = joins.filter(([userId, meta]) => known.get(userId) !== meta)
    const leaves = [...changed.map(([userId]) => userId), ...leaving].flatMap((userId) => {
      const meta = known.get(userId)
      return meta === undefined ? [] : [[userId, meta] as const]
    })
    const restated = here.filter(({ user, status }) => (known.get(user.id)?.status ?? status) !== status)
    return { joins: metasOf(changed), leaves: metasOf(leaves), restated }
  }

  /** What is told of somebody who is so. */
  metaOf({ id, isApp, isGuest, name }: User, status: Person["status"]): Meta {
    const told = this.#told.get(id)
    const app = isApp === true
    if (told?.name === name && told.status === status && told.guest === isGuest && told.app === app) return told
    const meta = { phx_ref: `${this.#id}${(++this.#refs).toString(36)}`, name, status, guest: isGuest, app }
    this.#told.set(id, meta)
    return meta
  }

  /** The status that was last told of somebody; undefined for whoever was not told of. */
  statusOf(userId: UserId): Person["status"] | undefined {
    return this.#told.get(userId)?.status
  }
}

/** One meta each, by user. */
export const metasOf = (each: ReadonlyArray<readonly [UserId, Meta]>): Metas =>
  Object.fromEntries(each.map(([userId, meta]) => [userId, { metas: [meta] }]))
