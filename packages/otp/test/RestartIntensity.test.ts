import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { spend, type Spent, standard, unspent, type Verdict } from "@messenger/otp/RestartIntensity"

const spendAll = (maxRestarts: number, within: number, times: ReadonlyArray<number>): ReadonlyArray<Verdict> => {
  let spent: Spent = unspent
  return times.map((at) => {
    const verdict = spend({ maxRestarts, within }, spent, at)
    spent = verdict.spent
    return verdict
  })
}

const tags = (verdicts: ReadonlyArray<Verdict>) => verdicts.map(({ _tag }) => _tag)

describe("a restart intensity", () => {
  it.each([
    { maxRestarts: 2, within: 10, times: [0, 1], last: "Within", because: "as many as are allowed" },
    { maxRestarts: 2, within: 10, times: [0, 1, 2], last: "Exceeded", because: "one more than is allowed" },
    { maxRestarts: 2, within: 10, times: [0, 1, 10], last: "Exceeded", because: "exactly `within` ago still counts" },
    { maxRestarts: 2, within: 10, times: [0, 1, 11], last: "Within", because: "what is older is forgotten" },
    { maxRestarts: 0, within: 10, times: [0], last: "Exceeded", because: "zero allows none" },
    { maxRestarts: 1, within: 0, times: [0, 0], last: "Exceeded", because: "two at once are within any time" },
    { maxRestarts: 1, within: 0, times: [0, 1], last: "Within", because: "an empty window forgets at once" }
  ])(
    "of $maxRestarts in $within ms after restarts at $times is $last: $because",
    ({ last, maxRestarts, times, within }) => {
      assert.strictEqual(tags(spendAll(maxRestarts, within, times)).at(-1), last)
    }
  )

  it("is one restart in five seconds unless something else is said, as in Erlang", () => {
    const first = spend(standard, unspent, 0)
    assert.deepInclude(first, { _tag: "Within", left: 0 })
    assert.strictEqual(spend(standard, first.spent, 5000)._tag, "Exceeded")
    assert.strictEqual(spend(standard, first.spent, 5001)._tag, "Within")
  })

  const Steps = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })))
  const Max = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 }))

  it.prop("is exceeded exactly when more than maxRestarts lie within the window", [Steps, Max], ([steps, max]) => {
    let at = 0
    const times = steps.map((step) => (at += step))
    return spendAll(max, 10, times).every((verdict, index) => {
      const now = times[index] ?? 0
      const inWindow = times.slice(0, index + 1).filter((time) => time >= now - 10).length
      return (verdict._tag === "Exceeded") === inWindow > max
    })
  })

  it.prop("says how many are left", [Steps, Max], ([steps, max]) => {
    let at = 0
    const verdicts = spendAll(
      max,
      10,
      steps.map((step) => (at += step))
    )
    return verdicts.every((verdict) => verdict._tag === "Exceeded" || verdict.left === max - verdict.spent.length)
  })
})
