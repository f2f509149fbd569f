import { Effect } from "effect"
import { Socket } from "effect/socket"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as Dial from "../src/Dial.ts"
import type { DialOptions } from "../src/Dial.ts"

afterEach(() => vi.unstubAllGlobals())

/** What the platform's WebSocket is made with when somebody dials. */
const dialled = (options: DialOptions): Promise<ReadonlyArray<unknown>> => {
  const { promise, resolve } = Promise.withResolvers<ReadonlyArray<unknown>>()
  class Line extends EventTarget {
    readonly readyState = 0
    constructor(...asked: ReadonlyArray<unknown>) {
      super()
      resolve(asked)
    }
    close() {}
  }
  vi.stubGlobal("WebSocket", Line)
  const opening = Effect.flatMap(Socket.Socket, ({ reader }) => reader).pipe(
    Effect.scoped,
    Effect.provide(Dial.layer(options)),
    Effect.runFork
  )
  return promise.finally(() => opening.interruptUnsafe())
}

const protocols = (asked: unknown): unknown => (Array.isArray(asked) ? asked : Reflect.get(Object(asked), "protocols"))

describe("a client", () => {
  it("dials `/rpc` of its server, by TLS where the server has it", async () => {
    expect((await dialled({ server: "https://chat.example.org" }))[0]).toBe("wss://chat.example.org/rpc")
    expect((await dialled({ server: "http://localhost:4000/somewhere" }))[0]).toBe("ws://localhost:4000/rpc")
  })

  it("says in Node who it is by headers", async () => {
    const [, asked] = await dialled({
      server: "http://localhost:4000",
      headers: { cookie: "a=b" },
      bearer: "mat_secret"
    })
    expect(asked).toMatchObject({ headers: { cookie: "a=b", authorization: "Bearer mat_secret" } })
  })

  it("in a browser offers its token, if it has one, and otherwise leaves it to the cookie", async () => {
    vi.stubGlobal("document", {})
    const [, asked] = await dialled({ server: "http://localhost:4000", bearer: "mat_secret" })
    expect(protocols(asked)).toEqual(["messenger", "messenger.bearer.mat_secret"])
    vi.stubGlobal("document", {})
    const [, nothing] = await dialled({ server: "http://localhost:4000", headers: { cookie: "a=b" } })
    expect(nothing).toBeUndefined()
  })
})
