// Every address that the server answers at, in one list: whoever adds a route adds it here, and tests that walk all of them (who may
// change something from where, what rubbish does) take it up. A test fails when one is missing.

/** One address, with a body that is right, if it takes one. */
export interface Address {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** Whether the address itself is the proof, so that it takes requests from wherever. */
  readonly isItsOwnProof?: true
}

const password = "correct horse battery staple"

/** What is asked over HTTP. */
export const surface: ReadonlyArray<Address> = [
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
  { method: "POST", path: "/hooks/mih_none", body: { text: "Hello", username: "bot" }, isItsOwnProof: true }
]

/** Where WebSockets are opened. */
export const webSockets: ReadonlyArray<string> = ["/rpc", "/socket/websocket?vsn=2.0.0"]
