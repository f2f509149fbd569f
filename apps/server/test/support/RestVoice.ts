// Asks over HTTP what a call of the RPC contract asks: by every endpoint of the REST API that says it does the same.
import { ExportApi } from "@messenger/protocol/rest/ExportApi"
import { RestApi, restPath } from "@messenger/protocol/rest/RestApi"
import { SameAs } from "@messenger/protocol/rest/RestAuthentication"
import { Context, Effect } from "effect"
import type { Outcome } from "./Caller.ts"
import { ask } from "./Http.ts"

interface Endpoint {
  readonly call: string
  readonly method: string
  readonly path: string
}

/** The groups of endpoints that are asked once and answered once. */
export const groups = [...Object.values(RestApi.groups), ExportApi.prefix(restPath)]

const endpoints: ReadonlyArray<Endpoint> = groups.flatMap((group) =>
  Object.values(group.endpoints).map(({ annotations, identifier, method, path }): Endpoint => {
    const call = Context.get(annotations, SameAs)
    if (call === undefined) throw new Error(`${group.identifier}.${identifier} says no call that does the same`)
    return { call, method, path }
  })
)

/** Every call that has an endpoint. */
export const spoken: ReadonlySet<string> = new Set(endpoints.map(({ call }) => call))

type Payload = Readonly<Record<string, unknown>>

/** How each endpoint that does what the call does answered somebody with these headers. */
export const restVoice =
  (server: { readonly url: string }, headers: Readonly<Record<string, string>>) =>
  (call: string, payload: unknown): Effect.Effect<ReadonlyArray<Outcome>> =>
    Effect.forEach(
      endpoints.filter((endpoint) => endpoint.call === call),
      Effect.fnUntraced(function* ({ method, path }) {
        const fields: Payload = typeof payload === "object" && payload !== null ? { ...payload } : {}
        const { address, rest } = addressed(path, fields)
        const isRead = method === "GET"
        const answer = yield* ask(server, isRead ? `${address}${queryOf(rest)}` : address, {
          method,
          headers: { ...headers, "content-type": "application/json" },
          ...(isRead ? {} : { body: JSON.stringify(rest) })
        })
        return outcomeOf(answer)
      })
    )

// What an address calls the fields of a call.
const fieldOf: Readonly<Record<string, (fields: Payload) => unknown>> = {
  room: ({ roomId }) => roomId,
  number: ({ number = 1 }) => number,
  user: ({ userId }) => userId,
  session: ({ id }) => id,
  token: ({ id }) => id,
  webhook: ({ id }) => id,
  delivery: ({ deliveryId }) => deliveryId
}

const addressed = (path: string, fields: Payload) => {
  const named = new Set<unknown>()
  const address = path.replaceAll(/:(\w+)/g, (_: string, name: string) => {
    const value = fieldOf[name]?.(fields)
    if (typeof value !== "string" && typeof value !== "number") throw new Error(`${path} lacks ${name}`)
    named.add(value)
    return encodeURIComponent(value)
  })
  const left = Object.entries(fields).filter(
    ([name, value]) => name !== "key" && name !== "anchor" && value !== null && !(named.has(value) && name !== "change")
  )
  const { person, ...rest }: Payload = Object.fromEntries(left)
  return { address, rest: typeof person === "object" && person !== null ? { ...rest, ...person } : rest }
}

const queryOf = (fields: Payload): string => {
  const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString()
  return query === "" ? "" : `?${query}`
}

const outcomeOf = ({ status, text }: { readonly status: number; readonly text: string }): Outcome => {
  if (status >= 500) return { _tag: "Died", defect: text }
  const value = text === "" ? undefined : JSON.parse(text)
  return status < 400 ? { _tag: "Success", value } : { _tag: "Failure", error: value }
}
