import { expect, it } from "@effect/vitest"
import { Effect, Tracer } from "effect"
import { describe } from "vitest"
import { ask } from "./support/Http.ts"
import { startServer } from "./support/TestServer.ts"

/** A server, and all that its spans say of requests. */
const traced = Effect.gen(function* () {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const server = yield* Effect.provideService(startServer(), Tracer.Tracer, tracer)
  return {
    server,
    said: () => JSON.stringify(spans.map(({ attributes, name }) => ({ name, attributes: [...attributes] })))
  }
})

describe("the spans of requests", () => {
  it.live("say the address of a request, and nothing that was sent to a webhook's, with whatever method", () =>
    Effect.gen(function* () {
      const { said, server } = yield* traced
      yield* ask(server, "/session?seen")
      const addresses = [
        "/hooks/secret",
        "/hooks/secret/",
        "/hooks/of/secret?secret",
        "/Hooks/secret",
        "/%68ooks/secret"
      ]
      for (const path of [...addresses, "//hooks/secret", "/hooks//secret", "/hooks%2Fsecret", "/hooks/%zz/secret"]) {
        for (const method of ["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
          yield* ask(server, path, { method, headers: { origin: server.url } })
        }
      }
      expect(said()).toContain("seen")
      expect(said()).not.toContain("secret")
    })
  )
})
