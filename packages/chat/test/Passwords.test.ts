import { inspect } from "node:util"
import { hashesAtOnce, hashesPerAddress, hashesWaiting, PasswordHashCost, Passwords } from "@messenger/chat/Passwords"
import type { HashCost } from "@messenger/chat/Passwords"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Logger, Option, Redacted } from "effect"

const cheap: HashCost = { memoryKiB: 8, passes: 1, lanes: 1 }

const costing = (cost: HashCost) => Passwords.layer.pipe(Layer.provide(Layer.succeed(PasswordHashCost, cost)))

const layer = costing(cheap)

const check = (password: string, owner?: { readonly username?: string; readonly email?: string }) =>
  Effect.flatMap(Passwords, (passwords) => passwords.check(Redacted.make(password), owner))

const hash = (password: string, address = "192.0.2.1") =>
  Effect.flatMap(Passwords, (passwords) => passwords.hash(Redacted.make(password), address))

const verify = (password: string, stored: string | undefined, address = "192.0.2.1") =>
  Effect.flatMap(Passwords, (passwords) => passwords.verify(Redacted.make(password), stored, address))

/** What a password is told: the reason it is refused for, or that it is fine. */
const told = (password: string, owner?: { readonly username?: string; readonly email?: string }) =>
  check(password, owner).pipe(
    Effect.as("fine"),
    Effect.catch(({ reason }) => Effect.succeed(reason)),
    Effect.provide(layer)
  )

/** What this process has computed so far, on all its threads, in milliseconds: no busy machine makes it more. */
const computedMillis = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const varied = (count: number) => Array.from({ length: count }, (_, at) => String.fromCodePoint(0x1f300 + at)).join("")

describe("a password", () => {
  it.effect.each<[string, string, string]>([
    ["four words", "violet kettle under rain", "fine"],
    ["ten characters", "xk7#pq2!vz", "fine"],
    ["256 astral characters", varied(256), "fine"],
    ["257 astral characters", varied(257), "TooLong"],
    ["nothing", "", "TooShort"],
    ["nine characters", "xk7#pq2!v", "TooShort"],
    ["nine spaces and nine lone surrogates", "\uD800 ".repeat(9), "TooShort"],
    ["one of the list", "1q2w3e4r5t", "Common"],
    ["one of the list in capitals", "1Q2W3E4R5T", "Common"],
    ["one of the list in full width", "ｂａｓｋｅｔｂａｌｌ", "Common"],
    ["a common word and a year", "Sunshine2031!", "Common"],
    ["a common word between signs", "!!!password!!!", "Common"],
    ["a common word far from alone", "sunshine48151623427", "fine"],
    ["a common word twice", "dragondragon", "Common"],
    ["one character over and over", "zzzzzzzzzzzz", "Common"],
    ["four characters over and over", "x7!qx7!qx7!q", "Common"],
    ["an uncommon word twice", "vexkilarnvexkilarn", "fine"]
  ])("of %s is told so", ([, password, answer]) =>
    Effect.gen(function* () {
      expect(yield* told(password)).toBe(answer)
    })
  )

  it.effect.each<[string, string]>([
    ["the username", "AdaOfTheLake"],
    ["the username with spaces around it", "  adaofthelake "],
    ["the email", "ADA.linden@example.org"],
    ["the email before its @", "ada.linden"]
  ])("is not %s", ([, password]) =>
    Effect.gen(function* () {
      const owner = { username: "AdaOfTheLake", email: "Ada.Linden@example.org" }
      expect(yield* told(password, owner)).toBe("LikeName")
      expect(yield* told(password)).toBe("fine")
    })
  )
})

describe("a hash", () => {
  it.effect("is argon2id of the cost asked for, salted anew each time", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* hash("violet kettle"), yield* hash("violet kettle")]
      expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/)
      expect(one).not.toBe(other)
    }).pipe(Effect.provide(layer))
  )

  it.effect("costs by default what OWASP advises", () =>
    Effect.gen(function* () {
      const stored = yield* hash("violet kettle")
      expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(yield* verify("violet kettle", stored)).toBe("Match")
    }).pipe(Effect.provide(Passwords.layer))
  )

  it.effect.each<[string, string, string]>([
    ["itself", "violet kettle", "Match"],
    ["another", "violet kettlf", "NoMatch"],
    ["another case", "Violet kettle", "NoMatch"],
    ["nothing", "", "NoMatch"],
    ["itself with a space behind", "violet kettle ", "NoMatch"]
  ])("of a password meets %s", ([, password, verdict]) =>
    Effect.gen(function* () {
      expect(yield* verify(password, yield* hash("violet kettle"))).toBe(verdict)
    }).pipe(Effect.provide(layer))
  )

  it.effect.each<[string, string, string, string]>([
    ["an accent typed apart", "Zo\u00EB and the kettle", "Zoe\u0308 and the kettle", "Match"],
    ["an accent typed in one", "Zoe\u0308 and the kettle", "Zo\u00EB and the kettle", "Match"],
    ["256 astral characters", varied(256), varied(256), "Match"],
    ["the last of 256 astral characters", varied(256), `${varied(255)}!`, "NoMatch"],
    ["what is behind a U+0000", "kettle\0violet", "kettle\0purple", "NoMatch"]
  ])("knows %s", ([, password, typed, verdict]) =>
    Effect.gen(function* () {
      expect(yield* verify(typed, yield* hash(password))).toBe(verdict)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is to be made anew when hashes cost more now, and not when they cost less", () =>
    Effect.gen(function* () {
      const stored = yield* Effect.provide(hash("violet kettle"), costing({ ...cheap, memoryKiB: 16, passes: 2 }))
      const verdictAt = (cost: HashCost, typed = "violet kettle") =>
        Effect.provide(verify(typed, stored), costing(cost))
      expect(yield* verdictAt({ ...cheap, memoryKiB: 32, passes: 2 })).toBe("MatchRehash")
      expect(yield* verdictAt({ ...cheap, memoryKiB: 16, passes: 3 })).toBe("MatchRehash")
      expect(yield* verdictAt({ ...cheap, memoryKiB: 32, passes: 2 }, "violet kettlf")).toBe("NoMatch")
      expect(yield* verdictAt(cheap)).toBe("Match")
    })
  )
})

describe("somebody who does not exist", () => {
  it.effect("matches nothing, and costs as much as somebody who does", () =>
    Effect.gen(function* () {
      const dear = costing({ memoryKiB: 16_384, passes: 2, lanes: 1 })
      yield* Effect.gen(function* () {
        const stored = yield* hash("violet kettle")
        const millis = (known: string | undefined) =>
          Effect.gen(function* () {
            const before = computedMillis()
            expect(yield* verify("violet teapot", known)).toBe("NoMatch")
            return computedMillis() - before
          })
        const [known, unknown] = [yield* millis(stored), yield* millis(undefined)]
        expect(unknown).toBeGreaterThan(known / 4)
      }).pipe(Effect.provide(dear))
    })
  )
})

describe("a password that is too long", () => {
  it.effect("is never hashed, whoever it is for", () =>
    Effect.gen(function* () {
      const long = "k".repeat(257)
      const exit = yield* Effect.exit(hash(long))
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
      const before = computedMillis()
      const stored = yield* hash("violet kettle")
      const hashMillis = computedMillis() - before
      const started = computedMillis()
      for (let time = 0; time < 10; time++) {
        expect(yield* verify(long, stored)).toBe("NoMatch")
        expect(yield* verify(long, undefined)).toBe("NoMatch")
      }
      expect(computedMillis() - started).toBeLessThan(hashMillis)
    }).pipe(Effect.provide(costing({ memoryKiB: 65_536, passes: 2, lanes: 1 })))
  )
})

describe("a stored hash that cannot be read", () => {
  it.effect.each<[string]>([
    [""],
    ["violet kettle"],
    ["$argon2id$"],
    ["$2b$10$abcdefghijklmnopqrstuv"],
    ["$argon2i$v=19$m=8,t=1,p=1$YWJjZGVmZ2hpamtsbW5vcA$YWJjZGVmZ2hpamtsbW5vcA"],
    ["$argon2id$v=19$m=1,t=1,p=1$YWJjZGVmZ2hpamtsbW5vcA$YWJjZGVmZ2hpamtsbW5vcA"],
    ["$argon2id$v=19$m=8,t=1,p=1$YWJj$YWJj"]
  ])("(%j) lets nobody in, and is told to the operator without being shown", ([stored]) =>
    Effect.gen(function* () {
      const lines = new Array<string>()
      const log = Logger.layer([Logger.map(Logger.formatJson, (line) => lines.push(line))])
      expect(yield* Effect.provide(verify("violet kettle", stored), log)).toBe("NoMatch")
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain("cannot be read")
      expect(lines[0]).not.toMatch(/violet|YWJj|argon2i/)
    }).pipe(Effect.provide(layer))
  )
})

describe("what fails", () => {
  it.effect("never shows the password", () =>
    Effect.gen(function* () {
      const shown = <A, E, R>(failing: Effect.Effect<A, E, R>) =>
        Effect.map(Effect.exit(failing), (exit) => `${inspect(exit, { depth: 20 })} ${JSON.stringify(exit)}`)
      const texts = [
        yield* shown(check("violet")),
        yield* shown(check("violetviolet", { username: "VioletViolet" })),
        yield* shown(check("dragondragon")),
        yield* shown(hash("violet".repeat(100)))
      ]
      for (const text of texts) {
        expect(text).toMatch(/PasswordRefused|without a check/)
        expect(text).not.toMatch(/violet|dragon/i)
      }
    }).pipe(Effect.provide(layer))
  )
})

describe("many logins at one time", () => {
  it.effect("are heard up to the length of the queue; the next is told to come back, and has its place later", () =>
    Effect.gen(function* () {
      const stored = yield* hash("violet kettle")
      const places = hashesAtOnce + hashesWaiting
      const fibers = yield* Effect.forEach(Array.from({ length: places }), (_, place) =>
        Effect.forkChild(verify("violet kettle", stored, `10.0.0.${place}`), { startImmediately: true })
      )
      const refused = yield* Effect.flip(verify("violet kettle", undefined))
      expect(refused._tag).toBe("PasswordsBusy")
      expect(refused.retryAfterMillis).toBeGreaterThan(0)
      expect(Option.isSome(Exit.getSuccess(yield* Effect.exit(Effect.flip(hash("violet kettle")))))).toBe(true)
      const verdicts = yield* Effect.forEach(fibers, Fiber.join)
      expect(new Set(verdicts)).toEqual(new Set(["Match"]))
      expect(yield* verify("violet kettle", stored)).toBe("Match")
    }).pipe(Effect.provide(layer))
  )

  it.effect("from one address leave places to everybody else", () =>
    Effect.gen(function* () {
      const stored = yield* hash("violet kettle")
      const verifying = (address: string) => Effect.result(verify("violet kettle", stored, address))
      const one = Array.from({ length: 40 }, () => verifying("10.0.0.1"))
      const others = Array.from({ length: 20 }, (_, number) => verifying(`10.0.1.${number}`))
      const results = yield* Effect.all([...one, ...others], { concurrency: "unbounded" })
      const heard = results.map(({ _tag }) => _tag === "Success")
      expect(heard.slice(0, 40).filter(Boolean)).toHaveLength(hashesPerAddress)
      expect(heard.slice(40)).toEqual(others.map(() => true))
    }).pipe(Effect.provide(layer))
  )
})
