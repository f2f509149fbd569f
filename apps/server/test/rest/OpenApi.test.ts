import { Validator } from "@seriousme/openapi-schema-validator"
import { expect, it } from "@effect/vitest"
import { examples } from "@messenger/protocol/rest/examples"
import { restPath } from "@messenger/protocol/rest/RestApi"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask } from "../support/Http.ts"
import { documentOf, type Documented } from "../support/OpenApi.ts"
import { prepareStory } from "../support/Story.ts"
import { startServer } from "../support/TestServer.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"

describe("the OpenAPI document", () => {
  it.live("is valid, and says where everything under /api/v1 is", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const { operations, text } = yield* documentOf(server)
      const validator = new Validator()
      const validated = yield* Effect.promise(() => validator.validate(JSON.parse(text)))
      expect([validator.version, validated.errors, validated.valid]).toEqual(["3.1", undefined, true])
      const documented = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`))
      const routed = server.routes
        .filter(({ path }) => path.startsWith(restPath))
        .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
      expect(routed.filter((route) => !documented.has(route))).toEqual([])
      expect(operations.map(({ operation }) => operation.operationId).toSorted()).toEqual(
        Object.keys(examples).toSorted()
      )
    })
  )

  it.live(
    "has a request for each endpoint that a server answers as the document says",
    () =>
      Effect.gen(function* () {
        const server = yield* startWhole(
          { OWNER_TOKEN: "makes the first owner of it", WEBHOOK_ALLOW: "127.0.0.0/8" },
          unlimited
        )
        const { document, operations } = yield* documentOf(server)
        const story = yield* prepareStory(server, document)
        const wrong: Array<string> = []
        for (const documented of inOrder(operations)) {
          const fault = yield* story.tell(documented)
          if (fault !== undefined) wrong.push(`${documented.operation.operationId}: ${fault}`)
        }
        expect(wrong).toEqual([])
      }),
    { timeout: 60_000 }
  )

  it.live("is tried on a page that lets its own scripts run and no others", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const page = yield* ask(server, "/docs")
      expect(page.status).toBe(200)
      expect(page.headers["content-type"]).toBe("text/html; charset=utf-8")
      const policy = String(page.headers["content-security-policy"])
      expect(policy).toMatch(/script-src 'sha256-[^']+';/)
      expect(policy).toMatch(/style-src 'sha256-[^']+';/)
      expect(policy).not.toContain("unsafe")
      expect(page.text).not.toMatch(/(src|href)="https?:/)
      expect(page.text).toContain("messages.post")
      const zipped = yield* ask(server, "/docs", { headers: { "accept-encoding": "gzip" } })
      expect(zipped.headers["content-encoding"]).toBe("gzip")
    })
  )

  it.live("has a page with every kind of problem, at the address that problems name", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const answer = yield* ask(server, `${restPath}/rooms`)
      const { type } = JSON.parse(answer.text)
      expect([answer.status, type]).toEqual([401, "/docs/problems#Unauthenticated"])
      const page = yield* ask(server, "/docs/problems")
      expect(page.text).toContain(`id="Unauthenticated"`)
      expect(page.text).toContain(`id="RoomNotFound"`)
    })
  )
})

const order = Object.keys(examples)

const inOrder = (operations: ReadonlyArray<Documented>): ReadonlyArray<Documented> =>
  operations.toSorted((a, b) => order.indexOf(a.operation.operationId) - order.indexOf(b.operation.operationId))
