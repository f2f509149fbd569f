import { expect, it } from "@effect/vitest"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { Effect } from "effect"
import { describe } from "vitest"
import { callerOf } from "../support/Caller.ts"
import { connect, guestToken, versions, type PhoenixChannel, type PhoenixClient } from "../support/PhoenixClient.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { until } from "../support/WireClient.ts"

const quick = { POSTS_PER_MINUTE: "1000000" }

const numbers = (channel: PhoenixChannel) => channel.all("new_message").map(({ number }) => Number(number))
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

/** Joins the lobby as the documentation says: the cursor of the last event is given whenever it joins again. */
const joinByCursor = Effect.fnUntraced(function* (client: PhoenixClient) {
  let cursor: unknown
  const lobby = yield* client.join("chat:lobby", () => ({ cursor }))
  cursor = lobby.joins[0]?.response["cursor"]
  for (const event of ["new_message", "message_changed", "room_changed", "reset"]) {
    lobby.channel.on(event, (payload) => {
      cursor = payload["cursor"]
    })
  }
  return lobby
})

const writerOf = Effect.fnUntraced(function* (server: { readonly url: string }) {
  const token = yield* guestToken(server, "Writer")
  const caller = yield* callerOf(server, { authorization: `Bearer ${token}` })
  let posts = 0
  return (count: number) =>
    Effect.forEach(upTo(count), () =>
      caller.done("PostMessage", { roomId: "lobby", key: `key-${++posts}-xxxx`, text: "x" })
    )
})

for (const version of versions) {
  describe(`a client ${version} that comes back`, () => {
    it.live("is given what it missed after its cursor, in order, each once", () =>
      Effect.gen(function* () {
        const server = yield* startWhole(quick, unlimited)
        const write = yield* writerOf(server)
        const ada = yield* connect(server, version, { params: { token: yield* guestToken(server, "Ada") } })
        const lobby = yield* joinByCursor(ada)
        yield* write(3)
        yield* until("three messages", () => numbers(lobby).length === 3)
        ada.socket.disconnect()
        yield* write(5)
        ada.socket.connect()
        yield* until("five more", () => numbers(lobby).length === 8)
        expect(numbers(lobby)).toEqual(upTo(8))
        expect(lobby.joins[1]?.response["messages"]).toEqual([])
        yield* write(1)
        yield* until("what comes", () => numbers(lobby).length === 9)
        expect(lobby.all("reset")).toEqual([])
      })
    )

    it.live("is told each message once as new, also one that was edited long after it was posted", () =>
      Effect.gen(function* () {
        const server = yield* startWhole(quick, unlimited)
        const token = yield* guestToken(server, "Writer")
        const writer = yield* callerOf(server, { authorization: `Bearer ${token}` })
        const post = (index: number) =>
          writer.done("PostMessage", {
            roomId: "lobby",
            key: `key-${index}-xxxx`,
            text: `${index} ${"x".repeat(1_500)}`
          })
        const edit = (number: number, change = number) =>
          writer.done("EditMessage", {
            roomId: "lobby",
            key: `edit-${number}-${change}`,
            number,
            change,
            text: "edited"
          })
        const ada = yield* connect(server, version, { params: { token: yield* guestToken(server, "Ada") } })
        const lobby = yield* joinByCursor(ada)
        yield* Effect.forEach(upTo(3), post)
        yield* until("three messages", () => numbers(lobby).length === 3)
        ada.socket.disconnect()
        // More than one page of what was missed.
        yield* Effect.forEach(upTo(150, 4), post, { concurrency: 8 })
        yield* edit(2)
        yield* edit(5)
        const { cursor } = yield* edit(6)
        yield* writer.done("DeleteMessage", { roomId: "lobby", key: "delete-0007", number: 7 })
        ada.socket.connect()
        yield* until("all of them", () => new Set(numbers(lobby)).size === 149)
        yield* until("the changes", () => lobby.all("message_changed").length === 2)
        yield* edit(6, typeof cursor === "object" && cursor !== null && "number" in cursor ? Number(cursor.number) : 0)
        yield* until("a change as it happens", () => lobby.all("message_changed").length === 3)
        expect(numbers(lobby).toSorted((a, b) => a - b)).toEqual(upTo(150).filter((number) => number !== 7))
        expect(lobby.all("message_changed").map(({ id }) => id)).toEqual([2, 7, 6])
        expect(lobby.all("new_message").find(({ id }) => id === 5)).toMatchObject({ text: "edited" })
      })
    )

    it.live("without a cursor begins with the newest messages", () =>
      Effect.gen(function* () {
        const server = yield* startWhole(quick, unlimited)
        const write = yield* writerOf(server)
        const ada = yield* connect(server, version, { params: { token: yield* guestToken(server, "Ada") } })
        const lobby = yield* ada.join("chat:lobby")
        ada.socket.disconnect()
        yield* write(60)
        ada.socket.connect()
        yield* until("another join", () => lobby.joins.length === 2)
        const { messages } = lobby.joins[1]?.response ?? {}
        expect(messages).toMatchObject(upTo(60, 11).map((number) => ({ number })))
        expect(lobby.joins[1]?.response).toMatchObject({ has_older: true })
        expect(numbers(lobby)).toEqual([])
      })
    )

    it.live("with a cursor that cannot be continued from is given the newest state instead", () =>
      Effect.gen(function* () {
        const server = yield* startWhole(quick, unlimited)
        const write = yield* writerOf(server)
        yield* write(2)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby", { cursor: "another.1000" })
        yield* until("the state", () => lobby.all("reset").length === 1)
        expect(lobby.joins).toMatchObject([{ status: "ok", response: { messages: [] } }])
        expect(lobby.all("reset")).toMatchObject([
          { reason: "OtherLog", messages: [{ number: 1 }, { number: 2 }], has_older: false, cursor: expect.any(String) }
        ])
        yield* write(1)
        yield* until("what comes", () => lobby.heard.some(({ payload }) => payload["number"] === 3))
        expect(numbers(lobby)).toEqual([3])
      })
    )

    it.live("goes on when its room has crashed, and after its gateway was restarted", () =>
      Effect.gen(function* () {
        const server = yield* startWhole(quick, unlimited)
        const tree = yield* Effect.provide(SupervisionTree, server.context)
        const write = yield* writerOf(server)
        const ada = yield* connect(server, version, { params: { token: yield* guestToken(server, "Ada") } })
        const lobby = yield* joinByCursor(ada)
        yield* write(1)
        yield* tree.killChild("root/chat/rooms/lobby/room")
        yield* write(2)
        yield* until("three messages", () => numbers(lobby).length === 3)
        expect(lobby.joins.length).toBe(1)
        yield* tree.killChild("root/gateways/phoenix")
        yield* until("another join", () => lobby.joins.some(({ status }, at) => at > 0 && status === "ok"))
        expect(ada.closes[0]?.code).toBe(1012)
        yield* write(1)
        yield* until("four messages", () => numbers(lobby).length === 4)
        expect(numbers(lobby)).toEqual(upTo(4))
        const names = () => lobby.presence.list((_, { metas }) => metas.map(({ name }) => name).join("+")).join()
        yield* until("Ada alone, once", () => names() === "Ada")
      })
    )

    it.live(
      "has no gap when the server was killed under load and started again",
      () =>
        Effect.gen(function* () {
          const folder = yield* temporaryFolder
          const settings = { POSTS_PER_MINUTE: "1000000", GUESTS_PER_MINUTE: "1000000", LOG_LEVEL: "Warn" }
          const first = yield* startProcess(folder, settings)
          const url = yield* first.url
          const token = yield* guestToken({ url }, "Ada")
          const writers = yield* Effect.forEach(upTo(4), (index) =>
            Effect.flatMap(guestToken({ url }, `Writer ${index}`), (each) =>
              connect({ url }, version, { params: { token: each }, timeout: 1_000 })
            )
          )
          const ada = yield* connect({ url }, version, { params: { token } })
          const lobby = yield* joinByCursor(ada)
          const written = yield* Effect.forEach(writers, joinByCursor)
          const acknowledged = new Set<number>()
          const load = { isOn: true }
          const writing = Effect.forEach(
            written,
            Effect.fnUntraced(function* (each, index) {
              for (let count = 0; load.isOn; count++) {
                const message = { text: `${index}/${count}`, key: `key-${index}-${count}-xxxx` }
                const { response, status } = yield* each.push("new_message", message)
                if (status === "ok") acknowledged.add(Number(response["number"]))
              }
            }),
            { concurrency: "unbounded", discard: true }
          )
          yield* Effect.forkScoped(writing)
          yield* until("some messages", () => numbers(lobby).length > 50, 10_000)
          first.kill("SIGKILL")
          const port = new URL(url).port
          const again = yield* startProcess(folder, { ...settings, PORT: port })
          yield* again.url
          const before = acknowledged.size
          yield* until("more messages", () => acknowledged.size > before + 50, 30_000)
          load.isOn = false
          const all = () => Math.max(...acknowledged)
          yield* until("all of them", () => numbers(lobby).at(-1) === all(), 10_000)
          expect(numbers(lobby)).toEqual(upTo(all()))
          expect(lobby.all("reset")).toEqual([])
          expect(lobby.joins.length).toBeGreaterThan(1)
        }),
      { timeout: 90_000 }
    )
  })
}
