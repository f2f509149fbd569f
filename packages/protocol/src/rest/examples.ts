// A request for each endpoint, in the order of a story: a server that is new, and whoever registered there first. They stand in the
// OpenAPI document, and the suite sends each of them to a server. Ids that a server makes are none of that server here.

/** A request that is answered with `status`. */
export interface Example {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  readonly status: number
}

const password = "correct horse battery staple"

// What may be tried on a server that is new; members and webhooks take a room of one's own.
const lobby = { room: "lobby" }

const deploys = { room: "deploys" }

const first = { ...lobby, number: 1 }

const grace = { ...deploys, user: "usr_grace" }

const hook = { ...deploys, webhook: "whk_builds" }

/** By the id of the operation. */
export const examples: Readonly<Record<string, Example>> = {
  "session.register": { body: { username: "ada", email: "ada@example.org", password, remember: true }, status: 200 },
  "session.login": { body: { username: "ada", password, remember: true, socketToken: true }, status: 200 },
  "session.current": { status: 200 },
  "session.guest": { body: { name: "Lin" }, status: 200 },
  "session.logout": { status: 200 },
  "session.reset": { body: { token: "the token of the link", password }, status: 200 },
  "session.changePassword": { body: { password, newPassword: password }, status: 200 },
  "rooms.list": { query: { limit: 20 }, status: 200 },
  "rooms.create": { body: { name: "Deploys" }, status: 201 },
  "rooms.get": { params: lobby, status: 200 },
  "messages.page": { params: lobby, query: { limit: 20 }, status: 200 },
  "messages.post": { params: lobby, body: { text: "The build is green." }, status: 201 },
  "messages.get": { params: first, status: 200 },
  "messages.edit": {
    params: first,

    body: { text: "The build is *green*.", change: 1 },
    status: 200
  },
  "messages.delete": { params: first, status: 204 },
  "members.list": { params: deploys, status: 200 },
  "members.add": { params: deploys, body: { username: "grace" }, status: 201 },
  "members.setRole": { params: grace, body: { role: "moderator" }, status: 204 },
  "members.people": { params: lobby, status: 200 },
  "members.remove": { params: grace, status: 204 },
  "exports.room": { params: deploys, query: { format: "json" }, status: 200 },
  "events.follow": { params: lobby, status: 200 },
  "members.leave": { params: deploys, status: 204 },
  "me.get": { status: 200 },
  "me.update": { body: { name: "Ada Lovelace", colour: 3 }, status: 200 },
  "me.setStatus": { body: { status: "dnd" }, status: 204 },
  "me.markRead": { params: lobby, body: { number: 1 }, status: 204 },
  "me.sessions": { status: 200 },
  "me.revokeSession": { params: { session: "ses_phone" }, status: 204 },
  "me.revokeOtherSessions": { status: 204 },
  "me.createSocketToken": { status: 201 },
  "tokens.list": { status: 200 },
  "tokens.createServiceAccount": { body: { name: "Deploy bot" }, status: 201 },
  "tokens.createToken": {
    params: { user: "usr_deploybot" },
    body: { name: "ci", scope: "write", password },
    status: 201
  },
  "tokens.revokeToken": { params: { token: "tok_ci" }, body: { password }, status: 204 },
  "webhooks.list": { params: deploys, status: 200 },
  "webhooks.createIncoming": { params: deploys, body: { name: "Builds" }, status: 201 },
  "hooks.post": {
    params: { token: "mih_builds" },
    body: { text: "Build 42 is green.", username: "CI", icon_emoji: ":rocket:" },
    status: 200
  },
  "webhooks.createOutgoing": {
    params: deploys,
    body: { url: "https://ci.example.org/messenger", events: ["message.posted"] },
    status: 201
  },
  "webhooks.setActive": { params: hook, body: { isActive: true }, status: 200 },
  "webhooks.deliveries": { params: hook, status: 200 },
  "webhooks.redeliver": { params: { ...hook, delivery: "dlv_1" }, status: 202 },
  "webhooks.delete": { params: hook, status: 204 }
}
