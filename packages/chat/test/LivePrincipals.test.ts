import { PrincipalTable } from "@messenger/chat/LivePrincipals"
import type { Authenticated } from "@messenger/chat/Sessions"
import { UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { describe, expect, it } from "vitest"

const ada = { id: UserId.make("ada"), name: "Ada", isGuest: false }
const hour = 3_600_000

const proof = (table: PrincipalTable, changes: Partial<Authenticated> = {}): Authenticated => ({
  user: ada,
  role: "member",
  scope: null,
  sessionId: SessionId.make("session"),
  tokenId: null,
  expiresAt: hour,
  isRemembered: false,
  seen: table.changes,
  ...changes
})

let connections = 0

const open = (table: PrincipalTable, authenticated: Authenticated) => {
  const ends: Array<SessionEnd> = []
  const onEnd = (reason: SessionEnd) => void ends.push(reason)
  return { ends, ...table.open(authenticated, { connectionId: ++connections, address: "10.0.0.1", onEnd }) }
}

describe("the table of live principals", () => {
  it("shows a change on every connection of the account, and on none of others", () => {
    const table = new PrincipalTable()
    const [one, two] = [open(table, proof(table)), open(table, proof(table))]
    const other = open(table, proof(table, { user: { ...ada, id: UserId.make("ben"), name: "Ben" } }))
    table.changed(ada.id, { user: { ...ada, name: "Ada L." }, role: "admin" })
    expect([one.principal.user.name, two.principal.role]).toEqual(["Ada L.", "admin"])
    expect([other.principal.user.name, other.principal.role]).toEqual(["Ben", "member"])
  })

  it("tells an end once, and nothing to a connection that was closed", () => {
    const table = new PrincipalTable()
    const [one, two] = [open(table, proof(table)), open(table, proof(table))]
    two.close()
    two.close()
    table.endSession(ada.id, SessionId.make("session"), "Revoked")
    table.endAccount(ada.id, "Deleted")
    expect(one.ends).toEqual(["Revoked"])
    expect(two.ends).toEqual([])
  })

  it("ends a session of another account by no mistake", () => {
    const table = new PrincipalTable()
    const { ends } = open(table, proof(table))
    table.endSession(UserId.make("ben"), SessionId.make("session"), "Revoked")
    expect(ends).toEqual([])
  })

  it("applies to a proof what was said since it was read, in order", () => {
    const table = new PrincipalTable()
    const old = proof(table)
    table.changed(ada.id, { role: "admin" })
    table.changed(ada.id, { role: "owner", user: { ...ada, name: "A" } })
    const { principal, ends } = open(table, old)
    expect([principal.role, principal.user.name]).toEqual(["owner", "A"])
    expect(ends).toEqual([])
  })

  it("ends a connection whose proof is older than anything it remembers", () => {
    const table = new PrincipalTable()
    const old = proof(table)
    for (let number = 0; number < 5_000; number++) table.changed(UserId.make(`somebody-${number}`), { role: "member" })
    expect(open(table, old).ends).toEqual(["Renewed"])
    expect(open(table, proof(table)).ends).toEqual([])
  })

  it("ends what has expired, says when the next may, and forgets sessions without connections", () => {
    const table = new PrincipalTable()
    const long = open(table, proof(table, { sessionId: SessionId.make("long"), expiresAt: 2 * hour }))
    const short = open(table, proof(table))
    expect(table.expire(hour - 1)).toBe(hour)
    expect(table.expire(hour)).toBe(2 * hour)
    expect([short.ends, long.ends]).toEqual([["Expired"], []])
    table.extend(SessionId.make("long"), 3 * hour)
    expect(table.expire(2 * hour)).toBe(3 * hour)
    long.close()
    expect(table.expire(2 * hour)).toBe(Number.POSITIVE_INFINITY)
  })

  it("keeps API tokens when the sessions of an account end", () => {
    const table = new PrincipalTable()
    const token = open(table, proof(table, { sessionId: null, expiresAt: null, scope: "write" }))
    const session = open(table, proof(table))
    table.endSessions(ada.id, null, "Revoked")
    expect([token.ends, session.ends]).toEqual([[], ["Revoked"]])
  })
})
