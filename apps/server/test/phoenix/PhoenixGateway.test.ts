import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { connect } from "../support/PhoenixClient.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { until } from "../support/WireClient.ts"

for (const version of ["1.7", "1.8"] as const) {
  describe(`the official client ${version}`, () => {
    it.live("joins a room, posts, and hears what everybody posts", () =>
      Effect.gen(function* () {
        const server = yield* startWhole({}, unlimited)
        const ada = yield* connect(server, version, { params: { user: "Ada" } })
        const bob = yield* connect(server, version, { params: { user: "Bob" } })
        const adas = yield* ada.join("chat:lobby")
        const bobs = yield* bob.join("chat:lobby")
        expect(adas.joins[0]).toMatchObject({
          status: "ok",
          response: { room: { slug: "lobby", private: false }, messages: [], has_older: false }
        })
        const posted = yield* adas.push("new_message", { text: "hello" })
        expect(posted).toMatchObject({ status: "ok", response: { number: 1 } })
        yield* until("the message", () => bobs.all("new_message").length === 1)
        expect(bobs.all("new_message")[0]).toMatchObject({
          id: 1,
          number: 1,
          text: "hello",
          user: { name: "Ada", guest: true }
        })
        const names = () => bobs.presence.list((_, { metas }) => metas[0]?.name).join()
        yield* until("two people", () => names() === "Ada,Bob" || names() === "Bob,Ada")
      })
    )
  })
}
