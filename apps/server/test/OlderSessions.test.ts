import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe } from "vitest"
import { leaveOlderSqlite } from "../../../packages/storage/test/olderDatabase.ts"
import { browserOf } from "./support/Browser.ts"
import { callerOf } from "./support/Caller.ts"
import { temporaryFolder } from "./support/ServerProcess.ts"
import { startWhole } from "./support/WholeServer.ts"

const day = 86_400_000

/** Leaves a session of a guest as the first version of the server kept it. */
const leaveSession = (dataDir: string, token: string) =>
  Effect.sync(() => {
    const database = new DatabaseSync(join(dataDir, "messenger.db"))
    const hash = createHash("sha256").update(token).digest("base64url")
    database
      .prepare("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES (?, 'guest-1', ?, ?)")
      .run(hash, Date.now(), Date.now() + 30 * day)
    database.close()
  })

describe("a session of the first version", () => {
  it.live("goes on after the database was brought up to date, and its guest may register", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* leaveOlderSqlite(dataDir)
      yield* leaveSession(dataDir, "a-token-from-before")
      const server = yield* startWhole({ DATA_DIR: dataDir })
      const headers = { cookie: "messenger_session=a-token-from-before", origin: server.url }
      const browser = browserOf(server)
      const asked = yield* browser.get("/session", headers)
      expect(asked.json).toMatchObject({ user: { id: "guest-1", isGuest: true }, role: "guest" })
      const caller = yield* callerOf(server, headers)
      expect((yield* caller.call("GetAccount"))._tag).toBe("Success")
      const fields = { username: "anne", email: "anne@example.org", password: "correct horse battery" }
      const registered = yield* browser.post("/register", fields, { headers })
      expect(registered.json).toMatchObject({ user: { id: "guest-1", isGuest: false }, role: "member" })
    })
  )
})
