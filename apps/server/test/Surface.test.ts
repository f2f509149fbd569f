import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask } from "./support/Http.ts"
import { surface } from "./support/Surface.ts"
import { startServer } from "./support/TestServer.ts"

/** Whether an address is one that a route answers at. */
const isAt = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/:\w+/g, "[^/]+").replaceAll("*", ".*")}$`).test(path)

describe("every route of the server", () => {
  it.live("is in the list that the tests of all routes walk", () =>
    Effect.gen(function* () {
      const { routes } = yield* startServer()
      expect(routes.length).toBeGreaterThan(9)
      const missing = routes.filter(
        (route) => !surface.some(({ method, path }) => method === route.method && isAt(route.path, path))
      )
      expect(missing).toEqual([])
    })
  )

  it.live(
    "that is not for GET, and not known to who may use it alone, refuses a page of another origin, and a request from nowhere",
    () =>
      Effect.gen(function* () {
        const server = yield* startServer()
        const changing = surface.filter(({ isItsOwnProof, method }) => method !== "GET" && isItsOwnProof !== true)
        expect(changing.length).toBeGreaterThan(1)
        for (const { body, method, path } of changing) {
          for (const page of [{ origin: "https://evil.example" }, { origin: "null" }, {}]) {
            const headers = { ...page, "content-type": "application/json", cookie: "messenger_session=stolen" }
            const answer = yield* ask(server, path, { method, headers, body: JSON.stringify(body ?? {}) })
            expect([method, path, page, answer.status]).toEqual([method, path, page, 403])
            expect(answer.text).toContain("OriginRefused")
          }
        }
      })
  )
})
