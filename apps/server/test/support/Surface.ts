// Every address that the server answers at, in one list: whoever adds a route adds it here, and tests that walk all of them (who may
// change something from where, what rubbish does) take it up. A test fails when one is missing.

import { examples } from "@messenger/protocol/rest/examples"
import { RestApi } from "@messenger/protocol/rest/RestApi"

/** One address, with a body that is right, if it takes one. */
export interface Address {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** Whether the address itself is the proof, so that it takes requests from wherever. */
  readonly isItsOwnProof?: true
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

const methodOf = (name: string): Address["method"] => {
  const method = methods.find((known) => known === name)
  if (method === undefined) throw new Error(`nothing here takes ${name}`)
  return method
}

const password = "correct horse battery staple"

// The contract of the REST API says by itself what there is, and has a right request for each.
const rest: ReadonlyArray<Address> = Object.values(RestApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ identifier, method, path }) => {
    const { body, params = {} } = examples[`${group.identifier}.${identifier}`] ?? { status: 0 }
    const address = path.replaceAll(/:(\w+)/g, (_: string, name: string) => String(params[name]))
    const bare = { method: methodOf(method), path: address }
    return body === undefined ? bare : Object.assign(bare, { body })
  })
)

/** What is asked over HTTP. */
export const surface: ReadonlyArray<Address> = [
  ...rest,
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: "/docs" },
  { method: "GET", path: "/docs/problems" },
  { method: "GET", path: "/" },
  { method: "GET", path: "/login" },
  { method: "GET", path: "/register" },
  { method: "GET", path: "/settings" },
  { method: "GET", path: "/admin" },
  { method: "GET", path: "/admin/audit" },
  { method: "GET", path: "/r/lobby" },
  { method: "GET", path: "/invite" },
  { method: "GET", path: "/reset" },
  { method: "GET", path: "/claim" },
  { method: "GET", path: "/assets/app.js" },
  { method: "GET", path: "/rpc" },
  { method: "GET", path: "/socket/websocket" },
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/readyz" },
  { method: "GET", path: "/metrics" },
  { method: "GET", path: "/session" },
  { method: "POST", path: "/guest", body: { name: "Ada", socketToken: true } },
  { method: "POST", path: "/logout" },
  {
    method: "POST",
    path: "/register",
    body: { username: "ada", email: "ada@example.org", password, remember: true, invite: "none" }
  },
  { method: "POST", path: "/login", body: { username: "ada", email: "ada@example.org", password, remember: "on" } },
  { method: "POST", path: "/api/v1/me/password", body: { password, newPassword: `${password}!` } },
  { method: "POST", path: "/api/v1/reset", body: { token: "none", password } },
  { method: "GET", path: "/api/v1/rooms/lobby/events" },
  { method: "GET", path: "/api/v1/rooms/lobby/export" },
  { method: "POST", path: "/hooks/mih_none", body: { text: "Hello", username: "bot" }, isItsOwnProof: true }
]

/** Where WebSockets are opened. */
export const webSockets: ReadonlyArray<string> = ["/rpc", "/socket/websocket?vsn=2.0.0"]
