// Values that are wrong in ways that programs have been wrong about before.
import type { Dice } from "./Dice.ts"

/** A value that may stand in JSON. */
export const oddValue = (dice: Dice): unknown =>
  dice.pick<() => unknown>([
    () => text(dice),
    () => null,
    () => dice.below(1_000) - 500,
    () => 1e308 * 10,
    () => [],
    () => ({ ["__proto__"]: 1, constructor: { prototype: text(dice) } }),
    () => nested(dice.below(3_000)),
    () => "x".repeat(dice.below(20_000)),
    () => "\ud800 lone",
    () => "nul \u0000 in between",
    () => "👩‍👩‍👧‍👦".repeat(dice.below(60)),
    () => "‮evil",
    () => true
  ])()

const nested = (depth: number): unknown => {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const texts = [
  "",
  " ",
  "null",
  "%",
  "%zz",
  "%00",
  "%ff%fe",
  "%E0%A4%A",
  "..",
  "../../etc/passwd",
  "<script>",
  "'; DROP TABLE users; --",
  "Bearer",
  "__proto__",
  "\u00ff\u00fe",
  "a,b;c=d",
  '"',
  "\\",
  "-1",
  "9007199254740993",
  "mst1.e30.e30",
  "localhost:4000",
  "https://evil.example",
  "unknown, [::1]:80, 127.0.0.1"
] as const

/** A text for a header, an address or a field. */
export const text = (dice: Dice): string =>
  dice.oneIn(4)
    ? dice
        .bytes(40)
        .toString("latin1")
        .replaceAll(/[\r\n]/g, "")
    : dice.pick(texts)
