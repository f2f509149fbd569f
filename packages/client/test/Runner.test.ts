import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { runnerOf } from "../src/Runner.ts"

const made: Array<{ readonly close: () => Promise<void> }> = []
const runner = () => {
  const runner = runnerOf(ManagedRuntime.make(Layer.empty))
  made.push(runner)
  return runner
}
afterEach(() => Promise.all(made.splice(0).map(({ close }) => close())))

/** Whether a promise is settled once everything that is ready has run. */
const isSettled = async (promise: Promise<unknown>) => {
  const open = Symbol("open")
  await Effect.runPromise(Effect.yieldNow)
  const settled = promise.catch(() => undefined)
  return (await Promise.race([settled, Promise.resolve(open)])) !== open
}

describe("a program that knows no fibers", () => {
  it("has at once what needs no waiting", () => {
    expect(runner().now(Effect.succeed(1))).toBe(1)
  })

  it("is thrown the bug of what it asked for at once, and of asking so for what must wait", () => {
    const { now } = runner()
    const bug = new Error("a bug")
    expect(() => now(Effect.die(bug))).toThrow(bug)
    expect(() => now(Effect.never)).toThrow("waited")
  })

  it("is answered by promises, which reject for bugs alone", async () => {
    const { later } = runner()
    await expect(later(Effect.as(Effect.yieldNow, 2))).resolves.toBe(2)
    await expect(later(Effect.die(new Error("a bug")))).rejects.toThrow("a bug")
    expect(await isSettled(later(Effect.interrupt))).toBe(false)
  })

  it("hears no more of what ran in a scope that closed", async () => {
    const { later } = runner()
    const scope = Scope.makeUnsafe()
    let isInterrupted = false
    const waiting = later(
      Effect.onInterrupt(Effect.never, () => Effect.sync(() => (isInterrupted = true))),
      scope
    )
    await Effect.runPromise(Scope.close(scope, Exit.void))
    expect(isInterrupted).toBe(true)
    expect(await isSettled(waiting)).toBe(false)
  })

  it("runs nothing any more when it is closed", async () => {
    const { close, later, start } = runner()
    const ran: Array<string> = []
    start(Effect.sync(() => void ran.push("before")))
    await close()
    start(Effect.sync(() => void ran.push("start")))
    expect(await isSettled(later(Effect.sync(() => void ran.push("later"))))).toBe(false)
    expect(ran).toEqual(["before"])
  })
})
