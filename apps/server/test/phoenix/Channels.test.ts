import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { connect, guestToken, versions, type PhoenixChannel } from "../support/PhoenixClient.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { enter, open, until } from "../support/WireClient.ts"

const numbers = (channel: PhoenixChannel) => channel.all("new_message").map(({ number }) => number)
const texts = (channel: PhoenixChannel) => channel.all("new_message").map(({ text }) => text)

const password = "correct horse battery"

const member = Effect.fnUntraced(function* (server: { readonly url: string }, username: string) {
  const browser = browserOf(server)
  const answer = yield* browser.post("/register", {
    username,
    email: `${username}@example.org`,
    password,
    socketToken: true
  })
  const { socketToken, user } = answer.json
  const id = typeof user === "object" && user !== null && "id" in user ? String(user.id) : ""
  const token = String(socketToken)
  return { id, token, caller: yield* callerOf(server, { authorization: `Bearer ${token}` }) }
})

for (const version of versions) {
  describe(`the official client ${version}`, () => {
    it.live("joins a room by its id or its slug, and begins with its newest messages", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        expect(lobby.joins).toMatchObject([
          {
            status: "ok",
            response: {
              room: { slug: "lobby", private: false },
              messages: [],
              has_older: false,
              cursor: expect.any(String)
            }
          }
        ])
        yield* lobby.push("new_message", { text: "hello" })
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const { room } = lobby.joins[0]?.response ?? {}
        const id = typeof room === "object" && room !== null && "id" in room ? String(room.id) : ""
        const byId = yield* bob.join(`chat:${id}`)
        expect(byId.joins[0]?.response["messages"]).toMatchObject([
          { id: 1, number: 1, text: "hello", user: { name: "Ada", guest: true } }
        ])
        yield* lobby.push("new_message", { text: "again" })
        yield* until("the message under the other name", () => texts(byId).length === 1)
        expect(texts(byId)).toEqual(["again"])
      })
    )

    it.live("posts, is told the number, and hears each message once and in order", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        const posted = yield* Effect.all(
          Array.from({ length: 30 }, (_, index) => lobby.push("new_message", { text: `number ${index + 1}` })),
          { concurrency: "unbounded" }
        )
        expect(posted.map(({ response }) => response["number"])).toEqual(Array.from({ length: 30 }, (_, at) => at + 1))
        yield* until("thirty messages", () => numbers(lobby).length === 30)
        expect(texts(lobby)).toEqual(Array.from({ length: 30 }, (_, at) => `number ${at + 1}`))
        const [first] = lobby.all("new_message")
        expect(new Date(String(first?.["inserted_at"])).getTime()).toBe(first?.["at"])
        expect(first?.["cursor"]).toBe(posted[0]?.response["cursor"])
      })
    )

    it.live("posts a message with a key once, however often it is sent", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        const message = { text: "hello", key: "key-00000001" }
        const first = yield* lobby.push("new_message", message)
        expect(yield* lobby.push("new_message", message)).toEqual(first)
        expect(yield* lobby.push("new_message", { ...message, text: "another" })).toMatchObject({
          status: "error",
          response: { error: "IdempotencyKeyReused" }
        })
      })
    )

    it.live("is told why something was refused, and goes on", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({ POSTS_PER_MINUTE: "4" })
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        const refused = Effect.fnUntraced(function* (event: string, payload: object) {
          const { response, status } = yield* lobby.push(event, payload)
          return status === "error" ? response : status
        })
        expect(yield* refused("new_message", { text: " " })).toMatchObject({
          reason: "the text is empty",
          error: "MessageInvalid"
        })
        expect(yield* refused("new_message", { text: "x".repeat(4_001) })).toMatchObject({ limit: 4_000 })
        expect(yield* refused("new_message", { body: "hello" })).toMatchObject({ error: "BadPayload" })
        expect(yield* refused("typing", {})).toMatchObject({ error: "BadPayload" })
        expect(yield* refused("status", { status: "asleep" })).toMatchObject({ error: "BadPayload" })
        expect(yield* refused("shout", {})).toMatchObject({ error: "UnknownEvent", event: "shout" })
        expect(yield* refused("new_message", { text: "hello" })).toBe("ok")
        const limited = yield* refused("new_message", { text: "too fast" })
        expect(limited).toMatchObject({ reason: "rate limited", error: "RateLimited" })
        expect(typeof limited === "object" ? Number(limited["retry_after_ms"]) : 0).toBeGreaterThan(0)
      })
    )

    it.live("is told that there is no such room, and of no more topics than a socket may join", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({ FOLLOWS_PER_SOCKET: "1" }, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const answers = (topic: string) => Effect.map(ada.join(topic), ({ joins }) => joins[0])
        expect(yield* answers("chat:nowhere")).toMatchObject({ status: "error", response: { reason: "not found" } })
        expect(yield* answers("game:1")).toMatchObject({ status: "error", response: { reason: "unmatched topic" } })
        // The client tries again for as long as it does not leave.
        const wrong = yield* ada.join("chat:random", { cursor: 5 })
        expect(wrong.joins[0]).toMatchObject({ status: "error", response: { error: "BadPayload" } })
        yield* wrong.leave
        expect(yield* answers("chat:lobby")).toMatchObject({ status: "ok" })
        expect(yield* answers("chat:random")).toMatchObject({
          status: "error",
          response: { reason: "rate limited", retry_after_ms: 10_000 }
        })
      })
    )

    it.live("leaves, is told so, and hears nothing more", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const lobby = yield* ada.join("chat:lobby")
        const other = yield* bob.join("chat:lobby")
        expect(yield* lobby.leave).toMatchObject({ status: "ok" })
        expect(lobby.channel.state).toBe("closed")
        yield* other.push("new_message", { text: "to nobody" })
        yield* until("Bob alone", () => other.presence.list((id) => id).length === 1)
        expect(texts(lobby)).toEqual([])
        const again = yield* ada.join("chat:lobby")
        expect(again.joins[0]?.status).toBe("ok")
      })
    )

    it.live("joins a topic anew in place of the first", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const first = yield* ada.join("chat:lobby")
        const second = yield* ada.join("chat:lobby")
        yield* second.push("new_message", { text: "hello" })
        yield* until("the message", () => texts(second).length === 1)
        expect(first.channel.state).toBe("closed")
        expect(texts(first)).toEqual([])
      })
    )

    it.live("is answered its heartbeats", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" }, heartbeatIntervalMs: 20 })
        const lobby = yield* ada.join("chat:lobby")
        // A heartbeat that is not answered closes the socket of the client after as long again.
        yield* Effect.forEach(Array.from({ length: 20 }), () =>
          Effect.andThen(
            lobby.push("typing", { typing: true }),
            Effect.promise(() => new Promise(setImmediate))
          )
        )
        yield* until("some heartbeats", () => ada.heartbeats() >= 5)
        expect(ada.closes).toEqual([])
      })
    )

    it.live("and a client of the RPC gateway see one order in one room, edits and deletions too", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const lobby = yield* ada.join("chat:lobby")
        const cookie = yield* enter(server, "Bob")
        const bob = yield* open(server, { headers: { cookie, origin: server.url } })
        bob.ask("hello", "Handshake", { contract: 1 })
        bob.ask("room", "FollowRoom", { roomId: "lobby" })
        yield* until("a hello", () => bob.received.some(({ _tag }) => _tag === "Chunk"))
        const pushes = Array.from({ length: 20 }, (_, index) =>
          lobby.push("new_message", { text: `Ada ${index}` }).pipe(
            Effect.tap(() =>
              Effect.sync(() =>
                bob.ask(`p${index}`, "PostMessage", {
                  roomId: "lobby",
                  key: `key-${index}-xxxx`,
                  text: `Bob ${index}`
                })
              )
            )
          )
        )
        yield* Effect.all(pushes, { concurrency: 4 })
        yield* until("forty messages", () => numbers(lobby).length === 40)
        expect(numbers(lobby)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
        const cursors = () => bob.received.flatMap(({ values = [] }) => values.flatMap(({ cursor }) => cursor ?? []))
        yield* until("the same at Bob", () => cursors().at(-1)?.number === 40)
        const mine = lobby.all("new_message").find(({ text }) => text === "Bob 0")
        const number = Number(mine?.["number"])
        const edit = { roomId: "lobby", key: "key-edit-0001", number, change: number, text: "Bob, edited" }
        bob.ask("edit", "EditMessage", edit)
        yield* bob.exitOf("edit")
        bob.ask("delete", "DeleteMessage", { roomId: "lobby", key: "key-delete-01", number })
        yield* bob.exitOf("delete")
        yield* until("two changes", () => lobby.all("message_changed").length === 2)
        expect(lobby.all("message_changed")).toMatchObject([
          { id: number, text: "Bob, edited" },
          { id: number, text: "", deleted: true }
        ])
        expect(numbers(lobby).length).toBe(40)
      })
    )

    it.live("is closed out of a private room in the step in which its person loses it", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const owner = yield* member(server, "owner")
        const guest = yield* member(server, "guest")
        const { id: roomId } = yield* owner.caller.done("CreateRoom", { name: "cellar", isPrivate: true })
        const outside = yield* connect(server, version, { params: { token: guest.token } })
        expect((yield* outside.join(`chat:${String(roomId)}`)).joins[0]).toMatchObject({
          status: "error",
          response: { reason: "not found" }
        })
        yield* owner.caller.done("AddMember", { roomId, person: { _tag: "Id", id: guest.id } })
        const inside = yield* connect(server, version, { params: { token: guest.token } })
        const cellar = yield* inside.join(`chat:${String(roomId)}`)
        const lobby = yield* inside.join("chat:lobby")
        expect(cellar.joins[0]).toMatchObject({ status: "ok", response: { room: { private: true } } })
        yield* owner.caller.done("RemoveMember", { roomId, userId: guest.id })
        yield* owner.caller.done("PostMessage", { roomId, key: "key-00000001", text: "among us" })
        yield* until("the end of the channel", () => cellar.channel.state === "closed")
        expect(cellar.heard.map(({ event }) => event)).toContain("phx_close")
        expect(texts(cellar)).toEqual([])
        expect((yield* lobby.push("new_message", { text: "still here" })).status).toBe("ok")
      })
    )

    it.live("is closed with the code that says how its session ended", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const browser = browserOf(server)
        const entered = yield* browser.post("/guest", { name: "Ada", socketToken: true })
        const ada = yield* connect(server, version, { params: { token: String(entered.json["socketToken"]) } })
        yield* ada.join("chat:lobby")
        yield* browser.post("/logout", {})
        yield* until("the end of the socket", () => ada.closes.length > 0)
        expect(ada.closes[0]?.code).toBe(4001)
      })
    )

    it.live("is counted in the limits of sockets together with all others", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({ SOCKETS_PER_USER: "1" }, unlimited)
        const token = yield* guestToken(server, "Ada")
        const rpc = yield* callerOf(server, { authorization: `Bearer ${token}` })
        const ada = yield* connect(server, version, { params: { token } })
        yield* until("a refused socket", () => ada.closes.length > 0)
        expect(ada.socket.isConnected()).toBe(false)
        expect((yield* rpc.call("GetAccount"))._tag).toBe("Success")
      })
    )
  })
}
