// Tells the examples of the OpenAPI document to a server, as one story: what one request made the next ones name.
import { examples } from "@messenger/protocol/rest/examples"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { Effect, Schedule, type Scope } from "effect"
import { browserOf } from "./Browser.ts"
import { callerOf, type Caller } from "./Caller.ts"
import { ask } from "./Http.ts"
import type { Documented } from "./OpenApi.ts"

/** Sends the example of an operation; answers what is wrong with what came back, undefined when nothing is. */
export interface Story {
  readonly tell: (documented: Documented) => Effect.Effect<string | undefined, never, Scope.Scope>
}

interface Answered {
  readonly id?: string
  readonly user?: { readonly id: string }
  readonly token?: string | { readonly id: string }
  readonly webhook?: { readonly id: string }
}

/** Somebody named Grace is there, and Ada will own the server as soon as she has registered. */
export const prepareStory = Effect.fnUntraced(function* (
  server: { readonly url: string },
  document: { readonly components: { readonly schemas: Readonly<Record<string, unknown>> } }
) {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: "openapi", components: document.components })

  const password = "correct horse battery staple"
  const grace = yield* browserOf(server).post("/register", { username: "grace", email: "grace@example.org", password })
  const known = new Map<string, string>([
    ["usr_grace", idOf(grace.json["user"])],
    // Nobody listens there, which is how a delivery stays.
    ["https://ci.example.org/messenger", "http://127.0.0.1:1/"]
  ])
  const ada = browserOf(server)
  let keeper: Caller | undefined
  const caller = () => {
    if (keeper === undefined) throw new Error("Ada is not there yet")
    return keeper
  }

  const send = Effect.fnUntraced(function* ({ method, operation, path }: Documented) {
    const example = examples[operation.operationId]
    if (example === undefined) throw new Error(`no example of ${operation.operationId}`)
    const given = (place: string) =>
      operation.parameters.filter((parameter) => parameter.in === place && parameter.example !== undefined)
    const value = (raw: unknown) => known.get(String(raw)) ?? String(raw)
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(value(given("path").find((parameter) => parameter.name === name)?.example))
    )
    const query = new URLSearchParams(given("query").map(({ example, name }) => [name, value(example)])).toString()
    const media = operation.requestBody?.content["application/json"]
    const body =
      media === undefined
        ? undefined
        : JSON.stringify(media.example).replaceAll(
            /"([^"]+)"/g,
            (text, inner: string) => JSON.stringify(known.get(inner)) ?? text
          )
    const isVisitor = ["session.login", "session.guest", "session.logout", "session.reset"].includes(
      operation.operationId
    )
    const headers = {
      origin: server.url,
      ...(isVisitor ? {} : { cookie: ada.cookie() }),
      ...Object.fromEntries(given("header").map(({ example, name }) => [name, String(example)])),
      ...(body === undefined ? {} : { "content-type": "application/json" })
    }
    const target = query === "" ? address : `${address}?${query}`
    if (operation.responses["200"]?.content?.["text/event-stream"] !== undefined) return yield* headOf(target, headers)
    return yield* ask(server, target, {
      method: method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body })
    })
  })

  // An answer that never ends is left when it has begun.
  const headOf = (target: string, headers: Readonly<Record<string, string>>) =>
    Effect.promise(async () => {
      const leaving = new AbortController()
      const { status } = await fetch(`${server.url}${target}`, { headers, signal: leaving.signal })
      leaving.abort()
      return { status, text: "" }
    })

  const arrive = Effect.gen(function* () {
    yield* ada.post("/login", { username: "ada", password })
    keeper = yield* callerOf(server, { cookie: ada.cookie(), origin: server.url })
  })

  // What the next requests name.
  const learn = Effect.fnUntraced(function* (operationId: string, json: Answered) {
    switch (operationId) {
      case "session.register": {
        yield* arrive
        yield* caller().done("ClaimServer", { token: "makes the first owner of it" })
        const { token } = yield* caller().done("CreateResetLink", { userId: known.get("usr_grace") })
        known.set("the token of the link", String(token))
        return
      }
      case "tokens.createServiceAccount":
        return void known.set("usr_deploybot", idOf(json))
      case "tokens.createToken":
        return void known.set("tok_ci", idOf(json.token))
      // Which ended every other session.
      case "session.changePassword":
        return yield* arrive
      case "rooms.create":
        return void known.set("deploys' id", idOf(json))
      case "webhooks.createIncoming":
        return void known.set("mih_builds", typeof json.token === "string" ? json.token : "")
      case "webhooks.createOutgoing": {
        const aim = { roomId: known.get("deploys' id"), id: idOf(json.webhook) }
        known.set("whk_builds", aim.id)
        yield* caller().done("PostMessage", { roomId: aim.roomId, key: "to-be-told-of", text: "Deployed." })
        const listed = caller().done("ListDeliveries", { ...aim, before: null })
        const { deliveries } = yield* Effect.repeat(listed, {
          until: ({ deliveries }) => Array.isArray(deliveries) && deliveries.length > 0,
          schedule: Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(250)])
        })
        known.set("dlv_1", idOf(Array.isArray(deliveries) ? deliveries[0] : undefined))
      }
    }
  })

  return {
    tell: Effect.fnUntraced(function* (documented) {
      const { operationId, responses } = documented.operation
      const answer = yield* send(documented)
      const expected = examples[operationId]?.status
      if (answer.status !== expected) return `${answer.status} instead of ${expected}: ${answer.text}`
      const contents = responses[String(expected)]?.content ?? {}
      const content = contents["application/json"]
      if (content === undefined) {
        return answer.text === "" || contents["text/plain"] !== undefined ? undefined : `an answer: ${answer.text}`
      }
      const json = JSON.parse(answer.text)
      yield* learn(operationId, json)
      const schema: unknown = JSON.parse(
        JSON.stringify(content.schema).replaceAll('"#/components', '"openapi#/components')
      )
      return ajv.validate(isObject(schema) ? schema : {}, json) ? undefined : `${ajv.errorsText()}: ${answer.text}`
    })
  } satisfies Story
})

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const idOf = (value: unknown): string => {
  if (isObject(value) && "id" in value && typeof value.id === "string") return value.id
  throw new Error(`no id in ${JSON.stringify(value)}`)
}
