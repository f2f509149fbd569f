import { describe, expect, it } from "@effect/vitest"
import { outline, SupervisionTree } from "@messenger/otp/SupervisionTree"
import { Effect, Fiber, Schedule } from "effect"
import { readFileSync } from "node:fs"
import { endingOf } from "../src/Ending.ts"
import { startWhole } from "./support/WholeServer.ts"
import { enter, open, until } from "./support/WireClient.ts"

const drawing = (): string => {
  const text = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8")
  return /```tree\n([\s\S]*?)\n```/.exec(text)?.[1] ?? ""
}

describe("the supervision tree", () => {
  it.live("is as it is drawn in the document on the architecture", () =>
    Effect.gen(function* () {
      const { context } = yield* startWhole()
      const tree = yield* Effect.provide(SupervisionTree, context)
      expect(outline(yield* tree.snapshot())).toBe(drawing())
    })
  )

  it.live("restarts a gateway that is killed; its clients connect again, and the rest does not notice", () =>
    Effect.gen(function* () {
      const { context, url } = yield* startWhole()
      const tree = yield* Effect.provide(SupervisionTree, context)
      const cookie = yield* enter({ url }, "Ada")
      const headers = { cookie, origin: url }
      const client = yield* open({ url }, { headers })
      client.ask("hello", "Handshake", { contract: 1 })
      client.ask("room", "FollowRoom", { roomId: "lobby" })
      yield* until("a hello", () => client.received.some(({ _tag }) => _tag === "Chunk"))
      const room = yield* tree.entry("root/chat/rooms/lobby/room")
      yield* tree.killChild("root/gateways/rpc")
      expect((yield* client.closed).code).toBe(1012)
      const again = yield* open({ url }, { headers })
      again.ask("hello", "Handshake", { contract: 1 })
      expect((yield* again.exitOf("hello"))._tag).toBe("Success")
      expect((yield* tree.entry("root/gateways/rpc")).restarts).toBe(1)
      expect((yield* tree.entry("root/chat/rooms/lobby/room")).incarnation).toBe(room.incarnation)
    })
  )

  it.live("keeps sockets open when a room is killed, and brings the room back", () =>
    Effect.gen(function* () {
      const { context, url } = yield* startWhole()
      const tree = yield* Effect.provide(SupervisionTree, context)
      const cookie = yield* enter({ url }, "Ada")
      const client = yield* open({ url }, { headers: { cookie, origin: url } })
      client.ask("hello", "Handshake", { contract: 1 })
      client.ask("room", "FollowRoom", { roomId: "lobby" })
      yield* until("a hello", () => client.received.some(({ _tag }) => _tag === "Chunk"))
      yield* tree.killChild("root/chat/rooms/lobby/room")
      client.ask("post", "PostMessage", { roomId: "lobby", key: "key-00000001", text: "after the crash" })
      expect((yield* client.exitOf("post"))._tag).toBe("Success")
      yield* until("the message", () => JSON.stringify(client.received).includes("after the crash"))
      expect(client.received.filter(({ _tag, requestId }) => _tag === "Exit" && requestId === "room")).toEqual([])
    })
  )

  it.live("ends with its cause when a part fails more often than it may", () =>
    Effect.gen(function* () {
      const { context, running } = yield* startWhole()
      const tree = yield* Effect.provide(SupervisionTree, context)
      const killAgain = Effect.ignore(tree.killChild("root/storage"))
      yield* Effect.forkScoped(Effect.repeat(killAgain, Schedule.spaced("5 millis")))
      const ending = endingOf(yield* Fiber.await(running))
      expect(ending.code).toBe(1)
      expect(ending.text).toContain("root")
    })
  )

  it.live("counts what operators look at", () =>
    Effect.gen(function* () {
      const { url } = yield* startWhole()
      const cookie = yield* enter({ url }, "Ada")
      const client = yield* open({ url }, { headers: { cookie, origin: url } })
      client.ask("hello", "Handshake", { contract: 1 })
      client.ask("post", "PostMessage", { roomId: "lobby", key: "key-00000001", text: "counted" })
      yield* client.exitOf("post")
      const text = yield* Effect.promise(() => fetch(`${url}/metrics`).then((response) => response.text()))
      for (const series of [
        "messenger_connections",
        "messenger_frames_sent_total",
        "messenger_lagging_readers",
        "messenger_deliveries_total",
        "messenger_commit_changes_count",
        "messenger_commit_seconds_count",
        'otp_mailbox_depth{kind="room"}',
        'otp_mailbox_wait_seconds_count{kind="room"}',
        'otp_restarts_total{kind="room"}',
        'otp_quarantined{kind="',
        'event_loop_delay_seconds{quantile="0.99"}'
      ]) {
        expect(text).toContain(`\n${series}`)
      }
      for (const name of ["lobby", "random", "Ada"]) expect(text).not.toContain(name)
    })
  )

  it.live("answers over HTTP again when that gateway was killed", () =>
    Effect.gen(function* () {
      const { context, url } = yield* startWhole()
      const tree = yield* Effect.provide(SupervisionTree, context)
      yield* tree.killChild("root/gateways/http")
      const status = yield* Effect.repeat(
        Effect.promise(() => fetch(`${url}/readyz`).then(({ status }) => status)),
        { until: (status) => status === 200 }
      )
      expect(status).toBe(200)
    })
  )
})
