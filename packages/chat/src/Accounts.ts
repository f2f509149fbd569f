// How somebody comes in, what they log in with, and how they leave. Everything here checks the right it needs (`Forbidden`) and is
// recorded in the audit log where it matters to security.
import type {
  AccountTaken,
  EmailInvalid,
  NameInvalid,
  NameTaken,
  User,
  UsernameInvalid
} from "@messenger/protocol/Account"
import type { OwnAccount } from "@messenger/protocol/AccountRpcs"
import type { Device, SessionId } from "@messenger/protocol/Device"
import type { LinkInvalid } from "@messenger/protocol/Link"
import type { PasswordRefused, PasswordsBusy, WrongPassword } from "@messenger/protocol/Password"
import type { Forbidden, LastOwner } from "@messenger/protocol/Rights"
import type {
  AccountDeactivated,
  AlreadyRegistered,
  GuestsRefused,
  RegistrationClosed,
  WrongCredentials
} from "@messenger/protocol/Session"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context } from "effect"
import type { Effect, Option, Redacted } from "effect"
import type { Asker } from "./Rooms.ts"
import type { Authenticated } from "./Sessions.ts"

/** Where a request comes from, as its gateway found it. */
export interface Visitor {
  /** The address that limits are counted by. */
  readonly address: string
  /** What the device says it is (`User-Agent`); cut to 256 characters. */
  readonly client: string
  /** The session cookie that came along, valid or not. */
  readonly token: Option.Option<Redacted.Redacted>
  /** The device cookie that came along: a device that logged in before is not held up by others who guess at its account. */
  readonly deviceToken: Option.Option<Redacted.Redacted>
}

/** Somebody who came in. The gateway sets two cookies of it. */
export interface Entered extends Authenticated {
  readonly sessionId: SessionId
  readonly expiresAt: number
  /** The session cookie: until `expiresAt` when `isRemembered`, else for as long as the browser is open. */
  readonly token: Redacted.Redacted
  /** The device cookie, to be kept a year; `None` when nobody logged in with a password. */
  readonly deviceToken: Option.Option<Redacted.Redacted>
}

type Limited = RateLimited | StorageUnavailable
type Confirmed = Forbidden | WrongPassword | PasswordsBusy | Limited

/** What a registration brings, as it came from outside. */
export interface Registering {
  readonly username: string
  readonly email: string
  readonly password: Redacted.Redacted
  /** The token of an invitation to the server. */
  readonly invite: string | undefined
  readonly isRemembered: boolean
}

/** What a log-in brings, as it came from outside; when both names are there both must match. */
export interface LoggingIn {
  readonly username: string | undefined
  readonly email: string | undefined
  readonly password: Redacted.Redacted
  readonly isRemembered: boolean
}

export class Accounts extends Context.Service<
  Accounts,
  {
    /** Makes a guest and a remembered session. With a cookie that is valid it answers that session and makes nobody. */
    readonly enterAsGuest: (
      visitor: Visitor,
      name: string
    ) => Effect.Effect<Entered, NameInvalid | NameTaken | GuestsRefused | Limited>
    /**
     * Makes a member, or one of the guest whose cookie comes along, in place: they keep id, messages, rooms and, if it is free, their
     * name. The session is new; connections of the guest's end as `Renewed`. A taken username and a taken email answer alike.
     */
    readonly register: (
      visitor: Visitor,
      registering: Registering
    ) => Effect.Effect<
      Entered,
      | UsernameInvalid
      | EmailInvalid
      | PasswordRefused
      | AccountTaken
      | AlreadyRegistered
      | RegistrationClosed
      | LinkInvalid
      | PasswordsBusy
      | Limited
    >
    /** A new session, in place of the one whose cookie comes along, whoever's it was. */
    readonly logIn: (
      visitor: Visitor,
      loggingIn: LoggingIn
    ) => Effect.Effect<Entered, WrongCredentials | AccountDeactivated | PasswordsBusy | Limited>
    /** Ends the session whose cookie comes along, if there is one. */
    readonly logOut: (visitor: Visitor) => Effect.Effect<void, StorageUnavailable>
    /** A new password by a one-time link, which logs in and ends every other session of the account. */
    readonly resetPassword: (
      visitor: Visitor,
      reset: { readonly token: string; readonly password: Redacted.Redacted }
    ) => Effect.Effect<Entered, LinkInvalid | PasswordRefused | AccountDeactivated | PasswordsBusy | Limited>
    /** A new password; the asker's session goes on under a new token, all others of the account end. */
    readonly changePassword: (
      asker: Asker,
      visitor: Visitor,
      change: { readonly password: Redacted.Redacted; readonly newPassword: Redacted.Redacted }
    ) => Effect.Effect<Entered, PasswordRefused | Confirmed>
    readonly changeEmail: (
      asker: Asker,
      change: { readonly email: string; readonly password: Redacted.Redacted }
    ) => Effect.Effect<void, EmailInvalid | AccountTaken | Confirmed>
    /** What is given changes, on all open connections and in all rooms; a colour of null is the one that comes of the id. */
    readonly updateProfile: (
      asker: Asker,
      change: { readonly name?: string; readonly colour?: number | null }
    ) => Effect.Effect<User, NameInvalid | NameTaken | Forbidden | Limited>
    /** Ends everything; messages stay, as a deleted user's, and username and name stay blocked for 90 days. */
    readonly deleteAccount: (asker: Asker, password: Redacted.Redacted) => Effect.Effect<void, LastOwner | Confirmed>
    readonly ownAccount: (asker: Asker) => Effect.Effect<OwnAccount, Forbidden | Limited>
    /** The asker's sessions, the last used first. */
    readonly devices: (asker: Asker) => Effect.Effect<ReadonlyArray<Device>, Forbidden | Limited>
    /** Ends one session of the asker's, also their own; one that is not there is over already. */
    readonly revokeSession: (asker: Asker, id: SessionId) => Effect.Effect<void, Forbidden | Limited>
    readonly revokeOtherSessions: (asker: Asker) => Effect.Effect<void, Forbidden | Limited>
  }
>()("@messenger/chat/Accounts") {}
