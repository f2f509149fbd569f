import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { misspeltIn } from "../../src/config/misspelt.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

const meantBy = (name: string) => misspeltIn({ [name]: "" }).map(({ meant }) => meant)

describe("a name that is no setting", () => {
  it("is told with the setting that it looks like", () => {
    expect(meantBy("DATABSE_URL")).toEqual(["DATABASE_URL"])
    expect(meantBy("DATABASE_URI")).toEqual(["DATABASE_URL"])
    expect(meantBy("TRUSTED_PROXY")).toEqual(["TRUSTED_PROXIES"])
    expect(meantBy("GUEST")).toEqual(["GUESTS"])
    expect(meantBy("SECRET_KEY_PREVIUS")).toEqual(["SECRET_KEY_PREVIOUS"])
    expect(meantBy("port")).toEqual(["PORT"])
  })

  it("is nobody's business when it looks like none", () => {
    const usual = ["PATH", "HOME", "USER", "SHELL", "LANG", "HOSTNAME", "TERM", "NODE_ENV", "NODE_OPTIONS", "LOGNAME"]
    const neighbours = [
      "POSTGRES_PASSWORD",
      "POSTGRES_USER",
      "DOMAIN",
      "COMPOSE_PROFILES",
      "INVOCATION_ID",
      "http_proxy"
    ]
    expect([...usual, ...neighbours, "PORT", "DATABASE_URL"].flatMap(meantBy)).toEqual([])
  })

  it.live(
    "is warned of at the start, without its value, also where it stands in .env",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        writeFileSync(join(folder, ".env"), "DATABSE_URL=postgres://ada:secret@db/chat\n")
        const server = yield* startProcess(folder, {})
        yield* server.url
        expect(server.output()).toMatch(/level=WARN .*DATABSE_URL.*Did you mean DATABASE_URL\?/)
        expect(server.output()).not.toContain("secret")
      }),
    { timeout: 60_000 }
  )
})
