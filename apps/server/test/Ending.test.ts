import { describe, expect, it } from "@effect/vitest"
import { SupervisorFailed } from "@messenger/otp/Supervisor"
import { Cause, Exit, Schema } from "effect"
import { endingOf } from "../src/Ending.ts"

class Foreseen extends Schema.TaggedError<Foreseen>()("Foreseen", { what: Schema.String }) {
  override get message(): string {
    return `The ${this.what} is gone: bring it back.`
  }
}

class Wordless extends Schema.TaggedError<Wordless>()("Wordless", {}) {}

const escalated = (cause: unknown) =>
  Exit.fail(new SupervisorFailed({ path: "root", reason: "restart intensity exceeded", cause }))

describe("the process ends", () => {
  it("with 0 and without a word when it was asked to", () => {
    expect(endingOf(Exit.failCause(Cause.interrupt()))).toEqual({ code: 0, text: "Messenger has stopped." })
  })

  it("with one sentence for what was foreseen, also when it escalated through the tree", () => {
    const sentence = { code: 1, text: "The database is gone: bring it back." }
    expect(endingOf(Exit.fail(new Foreseen({ what: "database" })))).toEqual(sentence)
    expect(endingOf(escalated(new Foreseen({ what: "database" })))).toEqual(sentence)
  })

  it("with one sentence also for a failure that has no words of its own", () => {
    const { code, text } = endingOf(Exit.fail(new Wordless()))
    expect(code).toBe(1)
    expect(text).toBe("Messenger had to stop: Wordless.")
  })

  it("with the whole cause for a bug, and where in the tree it was", () => {
    const { code, text } = endingOf(escalated(new TypeError("x is not a function")))
    expect(code).toBe(1)
    expect(text).toContain("root restart intensity exceeded")
    expect(text).toContain("TypeError: x is not a function")
    expect(text).toContain("Ending.test.ts")
  })
})
