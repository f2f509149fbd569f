import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpListener } from "../src/HttpListener.ts"
import { ServerConfig } from "../src/ServerConfig.ts"

const keepAliveWith = (settings: Record<string, string>) =>
  Effect.gen(function* () {
    const listener = yield* HttpListener
    yield* listener.serve({ request: (_, response) => response.end("here"), upgrade: (_, socket) => socket.destroy() })
    const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${listener.address.port}/`))
    yield* Effect.promise(() => response.text())
    return response.headers.get("keep-alive")
  }).pipe(
    Effect.scoped,
    Effect.provide(Layer.provide(HttpListener.layer, ServerConfig.layer({ PORT: "0", ...settings })))
  )

it.live("a stranger's connection without a request is closed soon", () =>
  Effect.gen(function* () {
    expect(yield* keepAliveWith({})).toBe("timeout=10")
  })
)

it.live("a proxy's connection is left to the proxy to close, so that no request meets a closed one", () =>
  Effect.gen(function* () {
    expect(yield* keepAliveWith({ TRUSTED_PROXIES: "10.0.0.0/16" })).toBe("timeout=310")
  })
)
