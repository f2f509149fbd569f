import { describe, expect, it } from "@effect/vitest"
import type { Authenticated } from "@messenger/chat/Sessions"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { sessionEndCode, type SessionEnd } from "@messenger/protocol/SessionEnd"
import { Effect } from "effect"
import { startServer } from "../support/TestServer.ts"
import { enter, greeted, open, until } from "../support/WireClient.ts"

const post = (text: string, key = "key-00000001") => ({ roomId: "lobby", key, text })

const grace = { id: UserId.make("grace"), name: "Grace", isGuest: true }

const program: Authenticated = {
  user: { id: UserId.make("bot"), name: "Bot", isGuest: false, isApp: true },
  role: "member",
  scope: "write",
  sessionId: null,
  tokenId: ApiTokenId.make("token"),
  expiresAt: null,
  isRemembered: false,
  seen: 0
}

const greetedWith = Effect.fnUntraced(function* (server: { readonly url: string }, cookie: string) {
  const client = yield* open(server, { headers: { cookie, origin: server.url } })
  client.ask("hello", "Handshake", { contract: 1 })
  yield* client.exitOf("hello")
  return client
})

describe("the right that a call names", () => {
  it.live("is asked for before its handler, and its lack is told by name", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      for (const [tag, payload, needs] of [
        ["ReadAudit", { before: null }, "audit.read"],
        ["DeleteAccount", { password: "secret" }, "self.account"],
        ["ListAccounts", { search: "", after: null }, "people.manage"]
      ] as const) {
        client.ask(tag, tag, payload)
        expect((yield* client.exitOf(tag)).cause?.[0]?.error).toEqual({ _tag: "Forbidden", needs })
      }
    })
  )

  it.live("is that of the role which somebody has now, on sockets that are open", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const client = yield* greetedWith(server, cookie)
      const mayReadAudit = Effect.fnUntraced(function* (id: string) {
        client.ask(id, "ReadAudit", { before: null })
        return (yield* client.exitOf(id)).cause?.[0]?.error?._tag !== "Forbidden"
      })
      expect(yield* mayReadAudit("as a guest")).toBe(false)
      server.chat.sessions.setRole(cookie, "admin")
      expect(yield* mayReadAudit("as an admin")).toBe(true)
      server.chat.sessions.setRole(cookie, "member")
      expect(yield* mayReadAudit("as a member")).toBe(false)
    })
  )

  it.live("that is missed only when the room is asked is answered alike", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      server.chat.forbidden = true
      client.ask(1, "PostMessage", post("not here"))
      expect((yield* client.exitOf(1)).cause).toEqual([
        { _tag: "Fail", error: { _tag: "Forbidden", needs: "room.post" } }
      ])
      client.ask(2, "FollowRoom", { roomId: "lobby" })
      expect((yield* client.exitOf(2)).cause).toEqual([
        { _tag: "Fail", error: { _tag: "Forbidden", needs: "room.read" } }
      ])
    })
  )

  it.live("counts a request as a use of its session, also one that is refused", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.ask(1, "PostMessage", post("one"))
      client.ask(2, "ReadAudit", { before: null })
      yield* client.exitOf(1)
      yield* client.exitOf(2)
      expect(server.chat.sessions.uses).toBe(2)
    })
  )
})

describe("the end of a session", () => {
  it.live("closes its sockets with a code and a word that say why, and no others", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const other = yield* greeted(server, "Grace")
      const reasons: ReadonlyArray<SessionEnd> = [
        "SignedOut",
        "Revoked",
        "Expired",
        "Deactivated",
        "Deleted",
        "Renewed"
      ]
      for (const reason of reasons) {
        const cookie = yield* enter(server, "Ada")
        const clients = [yield* greetedWith(server, cookie), yield* greetedWith(server, cookie)]
        server.chat.sessions.end(cookie, reason)
        for (const client of clients) {
          expect(yield* client.closed).toEqual({ code: sessionEndCode[reason], reason })
        }
      }
      expect(other.socket.readyState).toBe(1)
      expect(server.counts.connections).toBe(1)
    })
  )

  it.live("takes its sockets out of every room in the same step", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const client = yield* greetedWith(server, cookie)
      client.ask("room", "FollowRoom", { roomId: "lobby" })
      yield* until("a hello", () => client.received.some(({ _tag }) => _tag === "Chunk"))
      const before = client.received.length
      server.chat.sessions.end(cookie, "Revoked")
      server.chat.say(grace, ClientKey.make("key-00000001"), "too late")
      yield* client.closed
      expect(client.received.slice(before).filter(({ _tag }) => _tag === "Chunk")).toEqual([])
      yield* until("the follow is over", () => server.chat.follows === 0)
    })
  )
})

describe("a socket token", () => {
  it.live("closes the sockets that came with it when it runs out", () =>
    Effect.gen(function* () {
      const server = yield* startServer({
        holderOf: () => Effect.succeedSome({ authenticated: program, until: Date.now() + 300 })
      })
      const client = yield* open(server, { headers: { authorization: "Bearer mst1.anything" } })
      client.ask("hello", "Handshake", { contract: 1 })
      yield* client.exitOf("hello")
      expect(yield* client.closed).toEqual({ code: 4003, reason: "Expired" })
    })
  )
})
