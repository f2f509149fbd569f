import { LogId } from "@messenger/protocol/Cursor"
import { Effect, Option } from "effect"
import type { Rooms } from "../../Rooms.ts"
import type { Log, Tables } from "./Tables.ts"

/** The port. */
export const rooms = (tables: Tables): Rooms["Service"] => {
  const listing = ({ room, lastMessage }: Log) => ({ room, lastMessage })
  return {
    create: ({ id, slug, name, topic, isPrivate, createdBy, at }) =>
      Effect.sync(() => {
        const twin = [...tables.logs.values()].find(({ room }) => room.slug === slug)
        if (twin !== undefined) return { _tag: twin.room.id === id ? "Created" : "SlugTaken", room: twin.room }
        const room = { id, slug, name, topic, isPrivate, change: 0 }
        tables.logs.set(id, {
          room,
          log: LogId.make(`log-${tables.logs.size + 1}`),
          createdBy: Option.getOrUndefined(createdBy),
          epoch: 0,
          head: 0,
          lastMessage: 0,
          messages: new Map(),
          keys: new Map()
        })
        if (Option.isSome(createdBy)) tables.members(id).set(createdBy.value, { role: "owner", at })
        return { _tag: "Created", room }
      }),
    list: Effect.sync(() => [...tables.logs.values()].map(listing)),
    find: (roomId) => Effect.sync(() => Option.map(Option.fromUndefinedOr(tables.logs.get(roomId)), listing)),
    madeBy: (userId) =>
      Effect.sync(() => [...tables.logs.values()].filter(({ createdBy }) => createdBy === userId).length)
  }
}
