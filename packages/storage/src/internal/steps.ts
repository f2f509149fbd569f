import type { Step } from "../Database.ts"

/** What is answered when the step of that place stopped all of them. */
export const refusalAt = <Refusal extends string>(steps: ReadonlyArray<Step<Refusal>>, index: number): Refusal => {
  const refusal = steps[index]?.orElse
  if (refusal === undefined) throw new Error(`step ${index} stops nothing`)
  return refusal
}
