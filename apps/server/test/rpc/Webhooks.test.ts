// Webhooks as their owners see them, on a whole server: its database, real sockets, and a receiver that others wrote.
import { describe, expect, it } from "@effect/vitest"
import { Webhooks } from "@messenger/chat/Webhooks"
import { ClientKey } from "@messenger/protocol/Message"
import { Effect, Redacted, Schedule } from "effect"
import { Webhook } from "standardwebhooks"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { startReceiver } from "../support/Receiver.ts"
import type { Received } from "../support/Receiver.ts"
import { temporaryFolder } from "../support/ServerProcess.ts"
import { startWhole } from "../support/WholeServer.ts"
import { until } from "../support/WireClient.ts"

const environment = { WEBHOOK_ALLOW: "127.0.0.1" }

/** A member with a private room. */
const owner = Effect.fnUntraced(function* (server: { readonly url: string }) {
  const browser = browserOf(server)
  const password = "correct horse battery"
  yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
  const caller = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
  const { id: roomId } = yield* caller.done("CreateRoom", { name: "Secret plans", isPrivate: true })
  return { caller, roomId }
})

const idOf = (webhook: unknown): string => {
  if (typeof webhook === "object" && webhook !== null && "id" in webhook) return String(webhook.id)
  throw new Error(`no webhook: ${JSON.stringify(webhook)}`)
}

const verified = (secret: unknown, { headers, body }: Received): unknown =>
  new Webhook(String(secret)).verify(body, {
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"])
  })

describe("a webhook of a room", () => {
  it.live("is told what is posted, which its receiver verifies, and its owner sees that it was", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const server = yield* startWhole(environment)
      const { caller, roomId } = yield* owner(server)
      const url = `http://127.0.0.1:${receiver.port}/hook`
      const made = yield* caller.done("CreateOutgoingWebhook", { roomId, url, events: ["message.posted"] })
      yield* caller.done("PostMessage", { roomId, key: "key-00000001", text: "naïve – 你好 👋" })
      yield* until("the delivery", () => receiver.received.length === 1)
      const [received] = receiver.received
      if (received === undefined) throw new Error("nothing was received")
      expect(verified(made["secret"], received)).toMatchObject({
        type: "message.posted",
        data: { room: { id: roomId, name: "Secret plans" }, message: { number: 1, text: "naïve – 你好 👋" } }
      })
      const asked = { roomId, id: idOf(made["webhook"]), before: null }
      const page = yield* caller.done("ListDeliveries", asked).pipe(
        Effect.repeat({
          schedule: Schedule.spaced("20 millis"),
          until: ({ deliveries }) => JSON.stringify(deliveries).includes("Delivered")
        }),
        Effect.timeout("5 seconds")
      )
      expect(page).toMatchObject({
        deliveries: [{ id: received.headers["webhook-id"], state: "Delivered", attempts: 1, status: 200 }],
        hasOlder: false
      })
    })
  )

  it.live("is told by the next server, under the same id, what the last one did not finish telling", () =>
    Effect.gen(function* () {
      let isStuck = true
      const receiver = yield* startReceiver((_, response) => {
        if (!isStuck) response.end("ok")
      })
      const DATA_DIR = yield* temporaryFolder
      const secret = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* startWhole({ ...environment, DATA_DIR })
          const { caller, roomId } = yield* owner(server)
          const url = `http://127.0.0.1:${receiver.port}/`
          const made = yield* caller.done("CreateOutgoingWebhook", { roomId, url, events: ["message.posted"] })
          yield* caller.done("PostMessage", { roomId, key: "key-00000001", text: "hello" })
          yield* until("the first attempt", () => receiver.received.length === 1)
          return made["secret"]
        })
      )
      isStuck = false
      yield* startWhole({ ...environment, DATA_DIR })
      yield* until("the second attempt", () => receiver.received.length === 2)
      const ids = receiver.received.map(({ headers }) => headers["webhook-id"])
      expect(ids[0]).toBe(ids[1])
      for (const received of receiver.received)
        expect(verified(secret, received)).toMatchObject({ type: "message.posted" })
    })
  )

  it.live("posts into it as a program, under the name that it is given", () =>
    Effect.gen(function* () {
      const server = yield* startWhole(environment)
      const { caller, roomId } = yield* owner(server)
      const { token } = yield* caller.done("CreateIncomingWebhook", { roomId, name: "Build" })
      const webhooks = yield* Effect.provide(Webhooks, server.context)
      const admitted = yield* webhooks.admit(Redacted.make(String(token)), "127.0.0.1")
      yield* webhooks.post(admitted, {
        text: "it works",
        alias: { name: "Release", emoji: "🚀" },
        key: ClientKey.make("key-00000001")
      })
      const page = yield* caller.done("History", { roomId, anchor: { _tag: "Newest" }, limit: 10 })
      expect(page["messages"]).toMatchObject([
        { text: "it works", author: { name: "Build", isApp: true }, alias: { name: "Release", emoji: "🚀" } }
      ])
    })
  )
})
