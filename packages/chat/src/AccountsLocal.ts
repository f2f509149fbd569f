// The accounts of a server that holds all connections itself.
import { Effect, Layer } from "effect"
import { Accounts } from "./Accounts.ts"
import { AccountTelling } from "./AccountTelling.ts"
import { Confirmation } from "./Confirmation.ts"
import { Invitations } from "./Invitations.ts"
import { makeLogIn, makeLogOut, makeResetPassword } from "./LogIn.ts"
import { NewSessions } from "./NewSessions.ts"
import { makeCredentialChanges, makeProfile } from "./OwnAccount.ts"
import * as OwnSessions from "./OwnSessions.ts"
import { makeEnterAsGuest, makeRegister } from "./Registration.ts"

/** The face of accounts, for gateways. */
export const layer = Layer.effect(
  Accounts,
  Effect.gen(function* () {
    return Accounts.of({
      enterAsGuest: yield* makeEnterAsGuest,
      register: yield* makeRegister,
      logIn: yield* makeLogIn,
      logOut: yield* makeLogOut,
      resetPassword: yield* makeResetPassword,
      ...(yield* makeProfile),
      ...(yield* makeCredentialChanges),
      ...(yield* OwnSessions.make)
    })
  })
).pipe(Layer.provide(Layer.mergeAll(Invitations.layer, NewSessions.layer, Confirmation.layer, AccountTelling.layer)))
