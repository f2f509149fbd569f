import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { connect, guestToken, versions } from "../support/PhoenixClient.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { enter, refusedUpgrade, until } from "../support/WireClient.ts"

const path = "/socket/websocket?vsn=2.0.0"
const ownerToken = "makes the first owner of this server"
const account = { username: "ada", email: "ada@example.org", password: "correct horse battery" }

const nameOf = (presences: { readonly list: (by: (id: string, entry: Named) => unknown) => ReadonlyArray<unknown> }) =>
  presences.list((_, { metas }) => metas[0]?.name).join()

interface Named {
  readonly metas: ReadonlyArray<{ readonly name: string }>
}

for (const version of versions) {
  describe(`who the client ${version} is`, () => {
    it.live("says a token in its params, or the cookie of its browser", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const token = yield* guestToken(server, "Ada")
        const ada = yield* (yield* connect(server, version, { params: { token } })).join("chat:lobby")
        yield* until("Ada", () => nameOf(ada.presence) === "Ada")
        expect(ada.joins[0]?.response["token"]).toBeUndefined()
        const headers = { cookie: yield* enter(server, "Bob"), origin: server.url }
        const bob = yield* (yield* connect(server, version, { headers })).join("chat:random")
        yield* until("Bob", () => nameOf(bob.presence) === "Bob")
      })
    )

    it.live("says a name where guests are welcome, and the token of the answer brings the same guest back", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        let token: string | undefined
        const params = () => (token === undefined ? { user: "Ada" } : { token })
        const ada = yield* connect(server, version, { params })
        const lobby = yield* ada.join("chat:lobby")
        token = String(lobby.joins[0]?.response["token"])
        expect(token).toMatch(/^mst1\./)
        yield* until("Ada", () => nameOf(lobby.presence) === "Ada")
        const before = lobby.presence.list((id) => id)
        ada.socket.disconnect()
        ada.socket.connect()
        yield* until("another join", () => lobby.joins.length === 2)
        yield* until("another state", () => lobby.all("presence_state").length === 2)
        expect(lobby.presence.list((id) => id)).toEqual(before)
        expect(lobby.joins[1]?.response["token"]).toBeUndefined()
      })
    )
  })
}

describe("who the client 1.8 is", () => {
  it.live("says its authToken, which goes before everything in its address", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({}, unlimited)
      const authToken = yield* guestToken(server, "Ada")
      const params = { token: "mst1.of.nobody", user: "Bob" }
      const ada = yield* connect(server, "1.8", { authToken, params })
      const lobby = yield* ada.join("chat:lobby")
      yield* until("Ada", () => nameOf(lobby.presence) === "Ada")
    })
  )

  it.live("is not said again: the server answers with the name of the protocol", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({}, unlimited)
      const token = Buffer.from(yield* guestToken(server, "Ada")).toString("base64url")
      const offer = `phoenix, base64url.bearer.phx.${token}`
      const answer = yield* refusedUpgrade(server, { "sec-websocket-protocol": offer }, path)
      expect([answer.status, answer.headers["sec-websocket-protocol"]]).toEqual([101, "phoenix"])
      const rpc = yield* refusedUpgrade(server, { "sec-websocket-protocol": "phoenix" }, "/rpc")
      expect(rpc.headers["sec-websocket-protocol"]).toBeUndefined()
    })
  )
})

describe("the door for clients of Phoenix", () => {
  it.live("is closed to who is nobody, with a sentence", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({}, unlimited)
      const token = yield* guestToken(server, "Ada")
      const stale = token.replace(/.$/, (last) => (last === "A" ? "B" : "A"))
      const refusals: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, number, RegExp]> = [
        [path, {}, 403, /params\.user/],
        [`${path}&user=`, {}, 403, /empty, too long/],
        [`${path}&user=Deleted`, {}, 101, /^$/],
        [`${path}&token=${stale}`, {}, 403, /revoked/],
        [`${path}&user=Ada&token=${stale}`, {}, 403, /revoked/],
        [path, { "sec-websocket-protocol": "phoenix, base64url.bearer.phx.AAAA" }, 403, /revoked/],
        [path, { cookie: "messenger_session=stale", origin: server.url }, 403, /params\.user/],
        [`${path}&token=${token}`, { origin: "https://evil.example" }, 403, /origin/],
        [`/socket/websocket?token=${token}`, {}, 400, /vsn=2\.0\.0/],
        [`/socket/websocket?vsn=1.0.0&token=${token}`, {}, 400, /version 1\.0\.0/],
        [`/socket/longpoll?vsn=2.0.0&token=${token}`, {}, 404, /no WebSocket/],
        [`/rpc?token=${stale}`, {}, 101, /^$/]
      ]
      for (const [address, headers, status, sentence] of refusals) {
        const answer = yield* refusedUpgrade(server, headers, address)
        expect([address, answer.status]).toEqual([address, status])
        expect(answer.text).toMatch(sentence)
        expect(answer.text).not.toContain(token)
      }
    })
  )

  it.live("is open to programs, which may do there what their API token lets them", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({ OWNER_TOKEN: ownerToken }, unlimited)
      const registered = yield* browserOf(server).post("/register", { ...account, socketToken: true })
      const owner = yield* callerOf(server, { authorization: `Bearer ${String(registered.json["socketToken"])}` })
      yield* owner.done("ClaimServer", { token: ownerToken })
      const { id: userId } = yield* owner.done("CreateServiceAccount", { name: "Robot" })
      const { password } = account
      const made = yield* owner.done("CreateApiToken", { userId, name: "reads", scope: "read", password })
      const robot = yield* connect(server, "1.8", { authToken: String(made["secret"]) })
      const lobby = yield* robot.join("chat:lobby")
      expect(lobby.joins[0]?.status).toBe("ok")
      expect(yield* lobby.push("new_message", { text: "beep" })).toEqual({
        status: "error",
        response: { reason: "unauthorized", error: "Forbidden", needs: "room.post" }
      })
    })
  )

  it.live("is closed to guests where the server takes none, and open to tokens", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({ GUESTS: "off" }, unlimited)
      const answer = yield* refusedUpgrade(server, {}, `${path}&user=Ada`)
      expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("takes no guests")])
      const registered = yield* browserOf(server).post("/register", { ...account, socketToken: true })
      const token = String(registered.json["socketToken"])
      expect((yield* refusedUpgrade(server, {}, `${path}&token=${token}`)).status).toBe(101)
    })
  )

  it.live("makes guests at the rate of the address, as POST /guest does", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({ GUESTS_PER_MINUTE: "8" })
      const statuses = yield* Effect.forEach([1, 2, 3, 4], (index) =>
        refusedUpgrade(server, {}, `${path}&user=Ada${index}`)
      )
      expect(statuses.map(({ status }) => status)).toEqual([101, 101, 429, 429])
      expect(Number(statuses[3]?.retryAfter)).toBeGreaterThan(0)
    })
  )
})
