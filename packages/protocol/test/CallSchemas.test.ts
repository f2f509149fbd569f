import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { document } from "../src/CallSchemas.ts"
import { rpcCalls } from "../src/RightsTable.ts"

describe("docs/rpc.schema.json", () => {
  it("is what the contract says: npm run docs:calls makes it anew", () => {
    const written = readFileSync(new URL("../../../docs/rpc.schema.json", import.meta.url), "utf8")
    expect(written === document()).toBe(true)
  })

  it("has every call, with what it takes, answers and refuses with", () => {
    const { calls: described } = JSON.parse(document())
    expect(Object.keys(described)).toEqual(expect.arrayContaining(rpcCalls.map(({ name }) => name)))
    expect(described.PostMessage).toMatchObject({
      answers: "once",
      right: "room.post",
      payload: { required: ["roomId", "key", "text"] },
      value: { required: ["number", "cursor", "at"] }
    })
    expect(JSON.stringify(described.PostMessage.error)).toContain("IdempotencyKeyReused")
    expect(JSON.stringify(described.PostMessage.error)).toContain("UpgradeRequired")
    expect(described.FollowRoom.answers).toBe("stream")
  })
})
