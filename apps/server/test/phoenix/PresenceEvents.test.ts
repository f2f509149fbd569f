import { expect, it } from "@effect/vitest"
import { crowdedAbove } from "@messenger/protocol/Limits"
import { Effect } from "effect"
import { describe } from "vitest"
import { connect, versions, type PhoenixChannel } from "../support/PhoenixClient.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { open, until, enter } from "../support/WireClient.ts"

/** Who is present, as `name status`, in order. */
const people = (channel: PhoenixChannel): string =>
  channel.presence
    .list((_, { metas }) => metas.map(({ name, status }) => `${name} ${status}`).join("+"))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(", ")

for (const version of versions) {
  describe(`presence as the client ${version} keeps it`, () => {
    it.live("lists everybody, and tells who comes and goes", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        const told: Array<string> = []
        let syncs = 0
        lobby.presence.onJoin((_, current, { metas }) => {
          told.push(`${metas[0]?.name} joins${current === undefined ? "" : " again"}`)
        })
        lobby.presence.onLeave((_, { metas }, left) => {
          told.push(`${left.metas[0]?.name} leaves, ${metas.length} left`)
        })
        lobby.presence.onSync(() => syncs++)
        yield* until("Ada", () => people(lobby) === "Ada online")
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const other = yield* bob.join("chat:lobby")
        yield* until("both", () => people(lobby) === "Ada online, Bob online")
        yield* until("both at Bob", () => people(other) === "Ada online, Bob online")
        bob.socket.disconnect()
        yield* until("Ada alone", () => people(lobby) === "Ada online")
        expect(told.slice(-2)).toEqual(["Bob joins", "Bob leaves, 0 left"])
        expect(syncs).toBeGreaterThanOrEqual(2)
        const [entry] = lobby.presence.list((_, each) => each.metas)
        expect(entry).toMatchObject([
          { name: "Ada", status: "online", guest: true, app: false, phx_ref: expect.any(String) }
        ])
      })
    )

    it.live("tells a change of status as one leave and one join, under another ref, and as an event", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const lobby = yield* ada.join("chat:lobby")
        const other = yield* bob.join("chat:lobby")
        yield* until("both", () => people(other) === "Ada online, Bob online")
        const before = other.all("presence_diff").length
        expect(yield* lobby.push("status", { status: "dnd" })).toEqual({ status: "ok", response: {} })
        yield* until("the status", () => people(other) === "Ada dnd, Bob online")
        const diffs = other.all("presence_diff").slice(before)
        expect(diffs).toMatchObject([{ joins: expect.any(Object), leaves: expect.any(Object) }])
        const refs = ["joins", "leaves"].map(
          (side) => /"phx_ref":"([^"]+)"/.exec(JSON.stringify(diffs[0]?.[side]))?.[1]
        )
        expect(new Set(refs).size).toBe(2)
        expect(other.all("status")).toMatchObject([{ user: { name: "Ada", guest: true }, status: "dnd" }])
      })
    )

    it.live("tells who types, and that they stopped", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const lobby = yield* ada.join("chat:lobby")
        const other = yield* bob.join("chat:lobby")
        yield* lobby.push("typing", { typing: true })
        yield* lobby.push("typing", { typing: false })
        yield* until("both notices", () => other.all("typing").length === 2)
        expect(other.all("typing")).toMatchObject([
          { user: { name: "Ada" }, typing: true },
          { user: { name: "Ada" }, typing: false }
        ])
      })
    )
  })
}

describe("a crowded room", () => {
  it.live(
    "tells each reader its own entry and how many there are, and the whole list when it is crowded no longer",
    () =>
      Effect.gen(function* () {
        const server = yield* startWhole({ SOCKETS_PER_ADDRESS: "0", GUESTS_PER_MINUTE: "1000000" }, unlimited)
        const ada = yield* connect(server, "1.8", { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        yield* until("Ada", () => people(lobby) === "Ada online")
        const crowd = yield* Effect.forEach(
          Array.from({ length: crowdedAbove }, (_, index) => index),
          Effect.fnUntraced(function* (index) {
            const cookie = yield* enter(server, `Guest ${index}`)
            const each = yield* open(server, { headers: { cookie, origin: server.url } })
            each.ask("hello", "Handshake", { contract: 1 })
            each.ask("room", "FollowRoom", { roomId: "lobby" })
            return each
          }),
          { concurrency: 16 }
        )
        const count = () => lobby.all("presence_count").at(-1)?.["count"]
        yield* until("the crowd", () => count() === crowdedAbove + 1, 20_000)
        expect(people(lobby)).toBe("Ada online")
        yield* lobby.push("status", { status: "away" })
        yield* until("the own status", () => people(lobby) === "Ada away")
        const late = yield* ada.join("chat:random")
        expect(late.joins[0]?.status).toBe("ok")
        for (const each of crowd.slice(0, 60)) each.socket.terminate()
        yield* until("a list", () => lobby.presence.list((id) => id).length === crowdedAbove + 1 - 60, 20_000)
        expect(people(lobby)).toContain("Ada away")
      }),
    { timeout: 60_000 }
  )
})
