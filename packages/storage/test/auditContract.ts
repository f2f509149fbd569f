// The audit log, which is one for the whole database: these tests look at what they have written themselves.
import { UserId } from "@messenger/protocol/Account"
import { RoomId } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import type { NewAuditEntry } from "@messenger/storage/AuditLog"
import type { Ports } from "@messenger/storage/Ports"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { makeMember, unique } from "./world.ts"

const entry = (changes: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: 1_000,
  action: "LoggedIn",
  actor: null,
  subject: null,
  room: null,
  detail: "",
  address: null,
  ...changes
})

export const auditContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("entries are paged from the newest on, in the order they were appended", () =>
    Effect.gen(function* () {
      const audit = yield* AuditLog
      const mark = unique("mark")
      yield* audit.append([1, 2, 3].map((index) => entry({ at: 10 - index, detail: `${mark} ${index}` })))
      yield* audit.append([4, 5].map((index) => entry({ at: 10 - index, detail: `${mark} ${index}` })))
      yield* audit.append([])
      const first = yield* audit.page(null, 3)
      const rest = yield* audit.page(first.entries.at(-1)?.id ?? null, 2)
      const details = [...first.entries, ...rest.entries].map(({ detail }) => detail)
      expect(details).toEqual([5, 4, 3, 2, 1].map((index) => `${mark} ${index}`))
      const ids = [...first.entries, ...rest.entries].map(({ id }) => id)
      expect(ids).toEqual(ids.toSorted((a, b) => b - a))
      expect(first.hasOlder).toBe(true)
      const oldest = yield* audit.page(1, 10)
      expect(oldest).toEqual({ entries: [], hasOlder: false })
      expect((yield* audit.page(null, 100_000)).hasOlder).toBe(false)
    })
  )

  it.effect("an entry names people as they are called now, and outlives their accounts by their ids", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const audit = yield* AuditLog
      const [ada, bo] = [yield* makeMember(), yield* makeMember()]
      const room = RoomId.make("somewhere")
      yield* audit.append([entry({ action: "RoleChanged", actor: ada.id, subject: bo.id, room, detail: "admin" })])
      yield* accounts.setName(ada.id, "Countess", unique("countess"))
      yield* accounts.remove(bo.id, 5_000, 8_000)
      const { entries } = yield* audit.page(null, 1)
      expect(entries).toEqual([
        {
          id: expect.any(Number),
          at: 1_000,
          action: "RoleChanged",
          actor: { id: ada.id, name: "Countess" },
          subject: { id: bo.id, name: "deleted user" },
          room,
          detail: "admin",
          address: null
        }
      ])
    })
  )

  it.effect("an entry may name who never had an account", () =>
    Effect.gen(function* () {
      const audit = yield* AuditLog
      const actor = UserId.make(unique("nobody"))
      yield* audit.append([entry({ actor })])
      expect((yield* audit.page(null, 1)).entries).toMatchObject([{ actor: { id: actor }, subject: null }])
    })
  )

  it.effect("addresses of old entries are erased, once, and nothing else of them", () =>
    Effect.gen(function* () {
      const audit = yield* AuditLog
      const address = "192.0.2.1"
      yield* audit.eraseAddresses(3_000)
      yield* audit.append([
        entry({ at: 1_000, address, detail: "old" }),
        entry({ at: 1_000, detail: "old, from nowhere" }),
        entry({ at: 2_000, address, detail: "young" })
      ])
      expect(yield* audit.eraseAddresses(2_000)).toBe(1)
      expect(yield* audit.eraseAddresses(2_000)).toBe(0)
      const { entries } = yield* audit.page(null, 3)
      expect(entries.map((each) => [each.detail, each.address])).toEqual([
        ["young", address],
        ["old, from nowhere", null],
        ["old", null]
      ])
    })
  )
}
