import { Accounts } from "@messenger/chat/Accounts"
import { Sessions } from "@messenger/chat/Sessions"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import * as Memory from "@messenger/storage/Memory"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Option, Scope } from "effect"
import { TestClock } from "effect/testing"
import { over } from "./Server.ts"
import { Browser, member, open } from "./Visitors.ts"

/** What is written of uses, and whether it may be. */
class Writes extends Context.Service<
  Writes,
  { readonly batches: Array<ReadonlyArray<{ readonly lastUsedAt: number }>>; isAway: boolean }
>()("test/Writes") {}

const watched = Layer.effect(
  SessionRows,
  Effect.gen(function* () {
    const rows = yield* SessionRows
    const writes = yield* Writes
    return SessionRows.of({
      ...rows,
      touch: (uses) => {
        if (writes.isAway) return Effect.fail(new DatabaseAway({ operation: "Sessions.touch", cause: "taken away" }))
        writes.batches.push(uses)
        return rows.touch(uses)
      }
    })
  })
).pipe(Layer.provideMerge(Layer.sync(Writes, () => ({ batches: [], isAway: false }))), Layer.provideMerge(Memory.layer))

const layer = over(watched)

describe("uses of sessions", () => {
  it.effect("are written in one statement a minute for all of them, and not at all when there were none", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const writes = yield* Writes
      const people = [yield* member("ada"), yield* member("ben"), yield* member("cem")]
      yield* TestClock.adjust("2 minutes")
      const before = writes.batches.length
      for (const { asker } of people) for (let time = 0; time < 100; time++) sessions.used(asker)
      yield* TestClock.adjust("1 hour")
      expect(writes.batches.slice(before).map(({ length }) => length)).toEqual([3])
    }).pipe(Effect.provide(layer))
  )

  it.effect("are kept while the database is away, and meanwhile nobody is thought to be gone", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const writes = yield* Writes
      const { asker, browser, ends } = yield* member("ada")
      yield* TestClock.adjust("12 hours")
      writes.isAway = true
      sessions.used(asker)
      yield* TestClock.adjust("5 minutes")
      writes.isAway = false
      yield* TestClock.adjust("5 minutes")
      expect(writes.batches.at(-1)).toMatchObject([{ lastUsedAt: 12 * 3_600_000 }])
      yield* TestClock.adjust("23 hours")
      expect(ends).toEqual([])
      expect(yield* browser.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that are not yet written count: a session used a moment before its end goes on", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const { asker, browser } = yield* member("ada")
      yield* TestClock.adjust("1439 minutes")
      yield* TestClock.adjust("40 seconds")
      sessions.used(asker)
      yield* TestClock.adjust("30 seconds")
      expect(yield* browser.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("are written when the server stops", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const { asker } = yield* member("ada")
        yield* TestClock.adjust("10 minutes")
        sessions.used(asker)
      }).pipe(Effect.provide(context))
      yield* Scope.close(scope, Exit.void)
      expect(Context.get(context, Writes).batches.at(-1)).toMatchObject([{ lastUsedAt: 600_000 }])
    })
  )
})

describe("the sessions worker", () => {
  it.effect("that is killed goes on where it was: what expires still ends", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { ends } = yield* member("ada")
      yield* tree.killChild("root/chat/sessions")
      yield* TestClock.adjust("25 hours")
      expect(ends).toEqual(["Expired"])
    }).pipe(Effect.provide(layer))
  )
})

describe("a socket token's session", () => {
  it.effect("is found by its id until it ends, and a renewed one is another", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const sessions = yield* Sessions
      const browser = new Browser()
      const { sessionId } = yield* browser.register("ada")
      const found = Option.getOrThrow(yield* sessions.authenticateById(sessionId))
      const connection = yield* open(found)
      yield* browser.logIn("ada")
      expect(connection.ends).toEqual(["Renewed"])
      expect(yield* sessions.authenticateById(sessionId)).toEqual(Option.none())
      yield* accounts.logOut(browser.visitor)
    }).pipe(Effect.provide(layer))
  )
})
