import { describe, expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import type { Person } from "@messenger/protocol/Presence"
import { Presence } from "phoenix-1.8"
import { TopicPresence, type Metas } from "../../src/phoenix/TopicPresence.ts"

const person = (name: string, status: Person["status"] = "online"): Person => ({
  user: { id: UserId.make(name.toLowerCase()), name, isGuest: true },
  status
})
const idOf = ({ user }: Person) => user.id

/** A table, and what the client's own functions make of what it tells. */
const reader = () => {
  const table = new TopicPresence()
  let state: object = {}
  const people = () =>
    Presence.list(state, (_, { metas }) => metas.map(({ name, status }) => `${name} ${status}`).join("+")).join(", ")
  return {
    table,
    people,
    whole: (...here: ReadonlyArray<Person>) => {
      state = Presence.syncState(state, table.whole(here))
      return people()
    },
    change: (here: ReadonlyArray<Person>, gone: ReadonlyArray<Person>, count: number) => {
      const { joins, leaves } = table.change(here, gone.map(idOf), count)
      state = Presence.syncDiff(state, { joins, leaves })
      return people()
    }
  }
}

const refsOf = (metas: Metas) => Object.values(metas).flatMap((entry) => entry.metas.map(({ phx_ref }) => phx_ref))

describe("what clients keep of who is present", () => {
  it("is who is present, one meta each, however statuses and names change", () => {
    const { change, whole } = reader()
    expect(whole(person("Ada"))).toBe("Ada online")
    expect(change([person("Bob")], [], 2)).toBe("Ada online, Bob online")
    expect(change([person("Ada", "away")], [], 2)).toBe("Ada away, Bob online")
    expect(change([person("Ada")], [], 2)).toBe("Ada online, Bob online")
    expect(change([], [person("Bob")], 1)).toBe("Ada online")
  })

  it("is right after a gap, in which some came and some went", () => {
    const { change, whole } = reader()
    whole(person("Ada"), person("Bob"))
    expect(whole(person("Bob", "dnd"), person("Eve"))).toBe("Bob dnd, Eve online")
    expect(change([person("Bob")], [], 2)).toBe("Bob online, Eve online")
  })

  it("is right when a room that restarted tells of all who are here, and of nobody who went", () => {
    const { change, whole } = reader()
    whole(person("Ada"), person("Bob"), person("Eve"))
    expect(change([person("Ada"), person("Eve", "away")], [], 2)).toBe("Ada online, Eve away")
  })

  it("has another ref whenever anything changed, and the same when nothing did", () => {
    const { table } = reader()
    const [first] = refsOf(table.whole([person("Ada")]))
    expect(refsOf(table.whole([person("Ada")]))).toEqual([first])
    const away = table.change([person("Ada", "away")], [], 1)
    expect(refsOf(away.leaves)).toEqual([first])
    const back = table.change([person("Ada")], [], 1)
    expect(new Set([first, ...refsOf(away.joins), ...refsOf(back.joins)]).size).toBe(3)
    expect(table.change([person("Ada")], [], 1)).toEqual({ joins: {}, leaves: {}, restated: [] })
  })
})
