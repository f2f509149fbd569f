import { describe, expect, it } from "@effect/vitest"
import { parseIdempotencyKey } from "../../src/rest/Idempotency.ts"
import { IdempotencyKeyInvalid } from "../../src/rest/HttpRefusal.ts"

describe("an idempotency key", () => {
  it("is taken in quotes or bare", () => {
    for (const header of ["deploy-0042", '"deploy-0042"', ' "deploy-0042" ']) {
      expect(parseIdempotencyKey(header)).toBe("deploy-0042")
    }
  })

  it("is refused when it is none", () => {
    for (const header of [
      "",
      '""',
      "short",
      "x".repeat(65),
      '"deploy-0042',
      "deploy 0042",
      '"deploy-0042"; x',
      "déploy-0042"
    ]) {
      expect([header, parseIdempotencyKey(header)]).toEqual([header, new IdempotencyKeyInvalid()])
    }
  })
})
