// The status of everybody who is connected to this node. A status is chosen by the person, on any device, and stays; idleness is
// observed by each connection and goes with it. Who chose `online` is shown away while all of their connections are idle.
import type { UserId } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import { Context, Effect, Layer } from "effect"
import { LivePrincipals } from "./LivePrincipals.ts"
import type { Asker } from "./Rooms.ts"

interface Connection {
  follows: number
  isIdle: boolean
}

interface Known {
  chosen: Status
  /** Whether `chosen` is known, and not only what everybody begins with. */
  isKnown: boolean
  readonly connections: Map<number, Connection>
  readonly watchers: Set<() => void>
}

/** The table of those who are connected. */
export class PeopleTable {
  private readonly known = new Map<UserId, Known>()

  /** What others see of this user now. */
  statusOf(userId: UserId): Status {
    const person = this.known.get(userId)
    if (person === undefined || person.chosen !== "online") return person?.chosen ?? "online"
    const connections = [...person.connections.values()]
    return connections.length > 0 && connections.every(({ isIdle }) => isIdle) ? "away" : "online"
  }

  /** What this user chose; `online` when nothing is known of them. */
  chosenOf(userId: UserId): Status {
    return this.known.get(userId)?.chosen ?? "online"
  }

  /** The connection follows one thing more; `onChange` is called whenever the user's status may have changed. Answers the withdrawal, idempotent. */
  enter(asker: Asker, onChange: () => void): () => void {
    const person = this.personOf(asker.user.id)
    const connection = person.connections.get(asker.connectionId) ?? { follows: 0, isIdle: false }
    connection.follows++
    person.connections.set(asker.connectionId, connection)
    person.watchers.add(onChange)
    this.changed(person)
    let isIn = true
    return () => {
      if (!isIn) return
      isIn = false
      person.watchers.delete(onChange)
      connection.follows--
      if (connection.follows === 0) person.connections.delete(asker.connectionId)
      if (person.connections.size === 0) this.known.delete(asker.user.id)
      this.changed(person)
    }
  }

  /** The person chose a status. */
  choose(userId: UserId, status: Status): void {
    const person = this.known.get(userId)
    if (person === undefined) return
    person.isKnown = true
    if (person.chosen === status) return
    person.chosen = status
    this.changed(person)
  }

  /** The status that was kept, as it was read; what the person chose meanwhile is newer. */
  recall(userId: UserId, status: Status): void {
    if (this.known.get(userId)?.isKnown === false) this.choose(userId, status)
  }

  /** The connection observed that its person is idle, or is not. */
  observe(asker: Asker, isIdle: boolean): void {
    const person = this.known.get(asker.user.id)
    const connection = person?.connections.get(asker.connectionId)
    if (person === undefined || connection === undefined || connection.isIdle === isIdle) return
    connection.isIdle = isIdle
    this.changed(person)
  }

  /** The person bears another name or colour now. */
  renamed(userId: UserId): void {
    const person = this.known.get(userId)
    if (person !== undefined) this.changed(person)
  }

  private personOf(userId: UserId): Known {
    const known = this.known.get(userId)
    if (known !== undefined) return known
    const person: Known = { chosen: "online", isKnown: false, connections: new Map(), watchers: new Set() }
    this.known.set(userId, person)
    return person
  }

  private changed(person: Known): void {
    for (const watcher of person.watchers) watcher()
  }
}

export class People extends Context.Service<People, PeopleTable>()("@messenger/chat/People") {
  static readonly layer = Layer.effect(
    People,
    Effect.map(LivePrincipals, (live) => {
      const people = new PeopleTable()
      live.onChange(({ userId, profile }) => {
        if (profile !== undefined) people.renamed(userId)
      })
      return people
    })
  )
}
