// The owners of a server, which are counted over the whole database: every test has one of its own.
import type { UserId } from "@messenger/protocol/Account"
import { Accounts } from "@messenger/storage/Accounts"
import type { Ports } from "@messenger/storage/Ports"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { makeMember } from "./world.ts"

const makeOwner = Effect.gen(function* () {
  const { id } = yield* makeMember()
  yield* (yield* Accounts).setRole(id, "owner")
  return id
})

/** `where` says on which database, `fresh` makes an empty one. */
export const ownersContract = <Failure>(where: string, fresh: Layer.Layer<Ports, Failure>): void => {
  describe(`the owners of a server, ${where}`, () => {
    const test = <TestFailure>(title: string, body: Effect.Effect<void, TestFailure, Ports>) =>
      it.effect(title, () => Effect.provide(body, Layer.fresh(fresh)))

    test(
      "are none at first, and those whom somebody makes one",
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const { id } = yield* makeMember()
        expect(yield* accounts.hasOwner).toBe(false)
        expect(yield* accounts.setRole(id, "owner")).toBe("Changed")
        expect(yield* accounts.hasOwner).toBe(true)
      })
    )

    test(
      "are never none again: the last one is not demoted, deactivated or deleted",
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const last = yield* makeOwner
        yield* makeMember()
        expect(yield* accounts.setRole(last, "admin")).toBe("LastOwner")
        expect(yield* accounts.setActive(last, false)).toBe("LastOwner")
        expect(yield* accounts.remove(last, 5_000, 8_000)).toBe("LastOwner")
        expect(yield* accounts.setRole(last, "owner")).toBe("Changed")
        expect(yield* accounts.setActive(last, true)).toBe("Changed")
        expect(yield* accounts.find(last)).toMatchObject({ value: { role: "owner", isActive: true } })
      })
    )

    test(
      "who are deactivated do not count",
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const [one, two] = [yield* makeOwner, yield* makeOwner]
        expect(yield* accounts.setActive(one, false)).toBe("Changed")
        expect(yield* accounts.setRole(two, "member")).toBe("LastOwner")
        expect(yield* accounts.remove(two, 5_000, 8_000)).toBe("LastOwner")
        expect(yield* accounts.setRole(one, "member")).toBe("Changed")
        expect(yield* accounts.hasOwner).toBe(true)
      })
    )

    const ways: ReadonlyArray<
      readonly [string, (accounts: Accounts["Service"], id: UserId) => Effect.Effect<string, unknown>]
    > = [
      ["demote", (accounts, id) => accounts.setRole(id, "member")],
      ["deactivate", (accounts, id) => accounts.setActive(id, false)],
      ["delete", (accounts, id) => accounts.remove(id, 5_000, 8_000)]
    ]
    for (const [way, leave] of ways) {
      test(
        `are still one when all of them ${way} each other at once`,
        Effect.gen(function* () {
          const accounts = yield* Accounts
          const owners = yield* Effect.forEach(Array.from({ length: 6 }), () => makeOwner)
          const outcomes = yield* Effect.all(
            owners.map((id) => leave(accounts, id)),
            { concurrency: "unbounded" }
          )
          expect(outcomes.toSorted()).toEqual([...Array.from({ length: 5 }, () => "Changed"), "LastOwner"])
          expect(yield* accounts.hasOwner).toBe(true)
        })
      )
    }
  })
}
