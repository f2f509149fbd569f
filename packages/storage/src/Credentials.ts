// What members log in with. A password is kept as its hash only; an email address is shown to its owner only.
import type { UserId } from "@messenger/protocol/Account"
import { Context, Effect, Layer, Option } from "effect"
import { asWeather, Database, verdict } from "./Database.ts"
import { claimName, renameSteps } from "./internal/names.ts"
import { decodeLogins, decodeOwnCredentials } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** What a new member brings. Folds are the forms that are unique; `name` is what others see. `at` is UTC milliseconds. */
export interface NewMember {
  readonly id: UserId
  readonly username: string
  readonly usernameFold: string
  readonly email: string
  readonly emailFold: string
  readonly passwordHash: string
  readonly name: string
  readonly nameFold: string
  readonly at: number
}

/** What is needed to check a log-in. */
export interface Login {
  readonly userId: UserId
  readonly passwordHash: string
  readonly isActive: boolean
}

/** What a member logs in with, as it was typed. */
export interface OwnCredentials {
  readonly username: string
  readonly email: string
  readonly passwordHash: string
  readonly createdAt: number
}

export class Credentials extends Context.Service<
  Credentials,
  {
    /**
     * Makes a member, or turns the guest of that id into one in place. `Taken`: username, email or name is somebody else's, or the
     * username is blocked; `NameTaken` says that only the display name was. `NotAGuest`: the id is a member's already.
     */
    readonly register: (
      member: NewMember
    ) => Effect.Effect<"Registered" | "Taken" | "NameTaken" | "NotAGuest", DatabaseAway>
    /** The login that matches all that is given; `None` when nothing is given. */
    readonly findLogin: (by: {
      readonly usernameFold: string | undefined
      readonly emailFold: string | undefined
    }) => Effect.Effect<Option.Option<Login>, DatabaseAway>
    /** What this member logs in with; `None` for guests and service accounts. */
    readonly find: (userId: UserId) => Effect.Effect<Option.Option<OwnCredentials>, DatabaseAway>
    /** Sets another password; reset links of this member are void then. */
    readonly setPassword: (userId: UserId, passwordHash: string) => Effect.Effect<void, DatabaseAway>
    readonly setEmail: (
      userId: UserId,
      email: string,
      emailFold: string
    ) => Effect.Effect<"Changed" | "Taken", DatabaseAway>
  }
>()("@messenger/storage/Credentials") {
  static readonly layer: Layer.Layer<Credentials, never, Database> = Layer.effect(
    Credentials,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, inTurn }: Database["Service"]): Credentials["Service"] => {
  const emailIsFree = (userId: UserId, emailFold: string) => writes<Row>`
    SELECT 1 AS found WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE email_fold = ${emailFold} AND id <> ${userId})`
  return {
    register: Effect.fn("Credentials.register")(function* (member) {
      const { id, username, usernameFold, email, emailFold, passwordHash, name, nameFold, at } = member
      return yield* inTurn([
        {
          // The hash has a salt of its own: a member who has it was registered by this very call, whose answer was lost.
          statement: writes`
            SELECT 1 AS found WHERE NOT EXISTS (
              SELECT 1 FROM accounts
              WHERE id = ${id} AND kind <> 'guest' AND (password_hash IS NULL OR password_hash <> ${passwordHash})
            )`,
          orElse: "NotAGuest"
        },
        { statement: emailIsFree(id, emailFold), orElse: "Taken" },
        {
          statement: writes`
            INSERT INTO accounts (
              id, kind, name, name_fold, name_lower, role, status, created_at,
              username, username_fold, username_lower, email, email_fold, password_hash
            ) VALUES (
              ${id}, 'guest', ${name}, ${nameFold}, ${name.toLowerCase()}, 'guest', 'online', ${at}, NULL, NULL, NULL, NULL, NULL, NULL
            ) ON CONFLICT (id) DO NOTHING`
        },
        { statement: claimName(writes, id, usernameFold), orElse: "Taken" },
        { statement: claimName(writes, id, nameFold), orElse: "NameTaken" },
        {
          statement: writes`
            UPDATE accounts SET
              kind = 'member', role = CASE role WHEN 'guest' THEN 'member' ELSE role END,
              username = ${username}, username_fold = ${usernameFold}, username_lower = ${username.toLowerCase()},
              email = ${email}, email_fold = ${emailFold}, password_hash = ${passwordHash}
            WHERE id = ${id}`
        },
        ...renameSteps(writes, id, name, nameFold).map((statement) => ({ statement }))
      ]).pipe(Effect.map(verdict("Registered")), asWeather("Credentials.register"))
    }),
    findLogin: Effect.fn("Credentials.findLogin")(function* ({ usernameFold, emailFold }) {
      if (usernameFold === undefined && emailFold === undefined) return Option.none()
      const given = [
        ...(usernameFold === undefined ? [] : [reads`username_fold = ${usernameFold}`]),
        ...(emailFold === undefined ? [] : [reads`email_fold = ${emailFold}`])
      ]
      const rows = yield* reads<Row>`
        SELECT id AS user_id, password_hash, is_active FROM accounts WHERE ${reads.and(given)}`.pipe(
        asWeather("Credentials.findLogin")
      )
      const [login] = yield* decodeLogins(rows)
      return Option.fromUndefinedOr(login)
    }),
    find: Effect.fn("Credentials.find")(function* (userId) {
      const rows = yield* reads<Row>`
        SELECT id, username, email, password_hash, created_at FROM accounts WHERE id = ${userId} AND kind = 'member'`.pipe(
        asWeather("Credentials.find")
      )
      const [credentials] = yield* decodeOwnCredentials(rows)
      return Option.fromUndefinedOr(credentials)
    }),
    setPassword: Effect.fn("Credentials.setPassword")((userId, passwordHash) =>
      inTurn([
        { statement: writes`DELETE FROM one_time_links WHERE kind = 'Reset' AND user_id = ${userId}` },
        {
          statement: writes`UPDATE accounts SET password_hash = ${passwordHash} WHERE id = ${userId} AND kind = 'member'`
        }
      ]).pipe(Effect.asVoid, asWeather("Credentials.setPassword"))
    ),
    setEmail: Effect.fn("Credentials.setEmail")((userId, email, emailFold) =>
      inTurn([
        { statement: emailIsFree(userId, emailFold), orElse: "Taken" },
        {
          statement: writes`
            UPDATE accounts SET email = ${email}, email_fold = ${emailFold} WHERE id = ${userId} AND kind = 'member'`
        }
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Credentials.setEmail"))
    )
  }
}
