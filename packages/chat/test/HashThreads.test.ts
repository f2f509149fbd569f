import * as HashThreads from "@messenger/chat/HashThreads"
import { Passwords } from "@messenger/chat/Passwords"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { getPriority } from "node:os"
import { describe } from "vitest"

/** The priorities of the pool's threads and of all others; the greater, the further they stand back. */
const priorities = () => {
  const [pool, others] = [new Set<number>(), new Set<number>()]
  for (const thread of readdirSync("/proc/self/task")) {
    const name = readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim()
    const kind = name === "libuv-worker" ? pool : others
    kind.add(getPriority(Number(thread)))
  }
  return { pool, others }
}

describe.runIf(process.platform === "linux")("the threads that hash", () => {
  it.effect("stand back behind the event loop, all of them and nobody else", () =>
    Effect.gen(function* () {
      const own = getPriority()
      yield* Passwords
      expect(priorities()).toEqual({ pool: new Set([Math.max(own, 10)]), others: new Set([own]) })
    }).pipe(Effect.provide(Passwords.layer))
  )

  it.effect("are told to do so as often as somebody likes", () =>
    Effect.gen(function* () {
      const threads = yield* HashThreads.standBack
      expect(threads).toBeGreaterThan(0)
      expect(yield* HashThreads.standBack).toBe(threads)
    })
  )
})
