// What a password may be, and the only place where one is hashed: argon2id, a few at a time. A password comes in redacted and
// leaves as a PHC string; no error, span or log line here holds either.
import { randomBytes } from "node:crypto"
import { normalizePassword, PasswordRefused, passwordLengthIssue } from "@messenger/protocol/Password"
import type { PasswordsBusy } from "@messenger/protocol/Password"
import * as argon2 from "argon2"
import { Context, Effect, Layer, Redacted } from "effect"
import { isCommon } from "./CommonPasswords.ts"
import * as HashQueue from "./HashQueue.ts"
import * as HashThreads from "./HashThreads.ts"

/** What one hash costs. */
export interface HashCost {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/**
 * The cost of a hash: by default the first of the equal choices in OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes,
 * 1 lane), 20 ms of one core. Tests that are about something else take the least there is: 8 KiB, 1 pass, 1 lane.
 */
export const PasswordHashCost = Context.Reference<HashCost>("@messenger/chat/PasswordHashCost", {
  defaultValue: () => ({ memoryKiB: 19_456, passes: 2, lanes: 1 })
})

/** How many hashes run at once. Each takes one of the four threads on which Node also reads files and resolves names: two are left. */
export const hashesAtOnce = 2

/** How many more wait for their turn. */
export const hashesWaiting = 32

/** How many of all these are of one address at most: enough for an office that comes in at nine, and too few to keep others out. */
export const hashesPerAddress = 8

/** When to come back to a full queue, in milliseconds; it empties in half of that on two busy cores. */
const busyMillis = 1_000

/** `MatchRehash`: the password is right, and its hash is cheaper than they are made now; make a new one. */
export type Verdict = "Match" | "MatchRehash" | "NoMatch"

export class Passwords extends Context.Service<
  Passwords,
  {
    /** Whether this may become the password of somebody with that username and email. */
    readonly check: (
      password: Redacted.Redacted,
      owner?: { readonly username?: string | undefined; readonly email?: string | undefined }
    ) => Effect.Effect<void, PasswordRefused>
    /** The PHC string to keep, of a password that `check` let pass; one that is too long is a defect. For somebody at that address. */
    readonly hash: (password: Redacted.Redacted, address: string) => Effect.Effect<string, PasswordsBusy>
    /**
     * Whether it is the password of that hash. Without a hash, for somebody who does not exist, it takes as long and answers
     * `NoMatch`.
     */
    readonly verify: (
      password: Redacted.Redacted,
      hash: string | undefined,
      address: string
    ) => Effect.Effect<Verdict, PasswordsBusy>
  }
>()("@messenger/chat/Passwords") {
  static readonly layer = Layer.effect(
    Passwords,
    Effect.gen(function* () {
      const cost = yield* PasswordHashCost
      yield* HashThreads.standBack.pipe(
        Effect.catch(({ cause }) => Effect.logWarning("Hashes cannot stand back; logins may delay messages", cause))
      )
      const nobodysHash = hashOfNobody(cost)
      const inTurn = HashQueue.make({
        atOnce: hashesAtOnce,
        waiting: hashesWaiting,
        perAddress: hashesPerAddress,
        retryAfterMillis: busyMillis
      })

      return Passwords.of({
        check: Effect.fn("Passwords.check")(function* (password, owner = {}) {
          const raw = Redacted.value(password)
          const lengthIssue = passwordLengthIssue(raw)
          if (lengthIssue !== undefined) return yield* new PasswordRefused({ reason: lengthIssue })
          const kept = normalizePassword(raw)
          if (namesOf(owner).includes(fold(kept))) return yield* new PasswordRefused({ reason: "LikeName" })
          if (yield* Effect.promise(() => isCommon(kept))) return yield* new PasswordRefused({ reason: "Common" })
        }),
        hash: Effect.fn("Passwords.hash")(function* (password, address) {
          const raw = Redacted.value(password)
          if (passwordLengthIssue(raw) === "TooLong") return yield* Effect.die("a password was hashed without a check")
          const { memoryKiB: memoryCost, passes: timeCost, lanes: parallelism } = cost
          const hash = yield* inTurn(
            address,
            Effect.promise(() => argon2.hash(normalizePassword(raw), { memoryCost, timeCost, parallelism }))
          )
          // The package writes the parameters by the alphabet; the reference reads them in one order only, and whatever
          // verifies these hashes one day may be as strict.
          return hash.replace(/(?<=\$m=\d+),(p=\d+),(t=\d+)(?=\$)/, ",$2,$1")
        }),
        verify: Effect.fn("Passwords.verify")(function* (password, hash, address) {
          const raw = Redacted.value(password)
          // The same for whoever exists and whoever does not, so the short way tells nothing.
          if (passwordLengthIssue(raw) === "TooLong") return "NoMatch"
          const kept = normalizePassword(raw)
          const nobody = Effect.as(
            Effect.promise(() => argon2.verify(nobodysHash, kept)),
            "NoMatch" as const
          )
          if (hash === undefined) return yield* inTurn(address, nobody)
          return yield* verdictOf(hash, kept, cost).pipe(
            // Neither the hash nor what argon2 says of it, which may quote it.
            Effect.catch(() => Effect.andThen(Effect.logError("A stored password hash cannot be read"), nobody)),
            (verdict) => inTurn(address, verdict)
          )
        })
      })
    })
  )
}

/** What this file writes, and all it reads (https://github.com/P-H-C/phc-string-format). */
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/

const verdictOf = Effect.fnUntraced(function* (hash: string, kept: string, cost: HashCost) {
  const [, memoryKiB, passes] = phc.exec(hash) ?? []
  if (memoryKiB === undefined || passes === undefined) return yield* Effect.fail("Unreadable" as const)
  const isMatch = yield* Effect.tryPromise({
    try: () => argon2.verify(hash, kept),
    catch: () => "Unreadable" as const
  })
  if (!isMatch) return "NoMatch"
  // Not `argon2.needsRehash`: it also says yes to a hash that cost more than they do now, and would weaken it.
  return Number(memoryKiB) < cost.memoryKiB || Number(passes) < cost.passes ? "MatchRehash" : "Match"
})

/** A hash that no password has, and that costs as much to compare with as any other. */
const hashOfNobody = ({ memoryKiB, passes, lanes }: HashCost): string => {
  const base64 = (bytes: number) => randomBytes(bytes).toString("base64").replaceAll("=", "")
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${base64(16)}$${base64(32)}`
}

const fold = (text: string): string => normalizePassword(text).trim().toLowerCase()

const namesOf = ({
  username,
  email
}: {
  readonly username?: string | undefined
  readonly email?: string | undefined
}) => [username, email, email?.split("@")[0]].flatMap((name) => (name === undefined ? [] : fold(name)))
