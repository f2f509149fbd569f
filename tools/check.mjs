// Every check by its human name; the first that fails ends the run with its output.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

const effectTsc = "node_modules/@effect/tsgo-linux-x64/lib/tsc"
const steps = [
  {
    name: "Types",
    command: existsSync(effectTsc) ? effectTsc : "node_modules/.bin/tsc",
    args: ["-p", "tsconfig.json"]
  },
  { name: "Lint", command: "node_modules/.bin/oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "Format", command: "node_modules/.bin/oxfmt", args: ["--check"] }
]
for (const { name, command, args } of steps) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" })
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${took})`)
  if (status !== 0) {
    console.error(stdout + stderr)
    process.exit(status ?? 1)
  }
}
