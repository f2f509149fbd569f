import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { LivePrincipals } from "@messenger/chat/LivePrincipals"
import { PasswordHashCost, Passwords } from "@messenger/chat/Passwords"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import * as Memory from "@messenger/storage/Memory"
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option } from "effect"
import { cheap, layer, over } from "./Server.ts"
import { Browser, member, otherPassword, password, withRole } from "./Visitors.ts"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

describe("somebody's own account", () => {
  it.effect("takes no name and no address that is none, and none that is another's", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker } = yield* member("ada")
      yield* new Browser().register("ben")
      expect(yield* Effect.flip(accounts.updateProfile(asker, { name: " " }))).toMatchObject({
        _tag: "NameInvalid",
        reason: "Empty"
      })
      expect(yield* tagOf(accounts.changeEmail(asker, { email: "nowhere", password }))).toBe("EmailInvalid")
      expect(yield* tagOf(accounts.changeEmail(asker, { email: "BEN@example.org", password }))).toBe("AccountTaken")
      expect(yield* accounts.ownAccount(asker)).toMatchObject({ user: { name: "ada" }, email: "ada@example.org" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives its new session to the browser that asked with its own, and to no other", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker, browser } = yield* member("ada")
      const phone = new Browser()
      yield* phone.logIn("ada")
      const ben = yield* member("ben")
      const change = { password, newPassword: otherPassword }
      for (const from of [new Browser(), phone, ben.browser]) {
        expect(yield* tagOf(accounts.changePassword(asker, from.visitor, change))).toBe("Forbidden")
      }
      expect(yield* browser.isLoggedIn).toBe(true)
      yield* new Browser().logIn("ada")
    }).pipe(Effect.provide(layer))
  )

  it.effect("that was deactivated takes no new password by a link, whenever that was made", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const { asker } = yield* member("ada")
      const { token } = yield* administration.createResetLink(owner.asker, asker.user.id)
      yield* administration.setActive(owner.asker, asker.user.id, false)
      const reset = (by: { readonly token: string }) =>
        accounts.resetPassword(new Browser().visitor, { token: by.token, password: otherPassword })
      expect(yield* tagOf(reset({ token }))).toBe("LinkInvalid")
      expect(yield* tagOf(reset(yield* administration.makeResetLink("ada")))).toBe("AccountDeactivated")
      yield* administration.setActive(owner.asker, asker.user.id, true)
      yield* new Browser().logIn("ada")
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "has a password that was hashed at a lower cost hashed anew when its owner logs in, and none weakened",
    () =>
      Effect.gen(function* () {
        const credentials = yield* Credentials
        const { asker } = yield* member("ada")
        const hash = Effect.map(credentials.find(asker.user.id), (own) => Option.getOrThrow(own).passwordHash)
        const costOf = (text: string) => text.split("$")[3]
        for (const [then, now] of [
          [{ ...cheap, memoryKiB: 8 }, "m=16,t=1,p=1"],
          [{ ...cheap, memoryKiB: 32 }, "m=32,t=1,p=1"]
        ] as const) {
          const formerly = yield* Layer.build(
            Layer.fresh(Passwords.layer).pipe(Layer.provide(Layer.succeed(PasswordHashCost, then)))
          )
          const older = yield* Context.get(formerly, Passwords).hash(password, "10.0.0.1")
          yield* credentials.setPassword(asker.user.id, older)
          yield* new Browser().logIn("ada")
          expect(costOf(yield* hash)).toBe(now)
          yield* new Browser().logIn("ada")
        }
      }).pipe(Effect.provide(over(Memory.layer, { ...cheap, memoryKiB: 16 })))
  )
})

/** A database that writes what accounts are changed to, and whose answer is lost. */
const losing = over(
  Layer.effect(
    AccountRows,
    Effect.map(AccountRows, (rows) => {
      const lost = new DatabaseAway({ operation: "test", cause: "the test lost the answer" })
      const losingAnswer = <A>(write: Effect.Effect<A, DatabaseAway>) => Effect.andThen(write, Effect.fail(lost))
      return AccountRows.of({
        ...rows,
        setColour: (...change) => losingAnswer(rows.setColour(...change)),
        setRole: (...change) => losingAnswer(rows.setRole(...change))
      })
    })
  ).pipe(Layer.provideMerge(Memory.layer))
)

describe("a change whose answer was lost", () => {
  it.effect("is believed by open connections as the database has it", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const live = yield* LivePrincipals
      const owner = yield* member("owner")
      // In memory alone: the writing of roles is what is lost here.
      live.changed(owner.asker.user.id, { role: "owner" })
      const { asker } = yield* member("ada")
      expect(yield* tagOf(accounts.updateProfile(asker, { colour: 3 }))).toBe("StorageUnavailable")
      expect(asker.user).toMatchObject({ colour: 3 })
      expect(yield* tagOf(administration.setRole(owner.asker, asker.user.id, "admin"))).toBe("StorageUnavailable")
      expect(asker.role).toBe("admin")
    }).pipe(Effect.provide(losing))
  )
})
