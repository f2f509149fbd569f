// The browser and the PostgreSQL of the tests are large, so they come with the first `npm test` and not with `npm install`.
import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, readFileSync } from "node:fs"

const folder = "tests/binaries"
const stamp = `${folder}/node_modules/.installed-lock.json`
const lock = `${folder}/package-lock.json`
const isCurrent = existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(lock, "utf8")
if (!isCurrent) {
  console.log("Installing the browser and the PostgreSQL that the tests use, once (about 130 MB) ...")
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: "inherit"
  })
  if (status !== 0) process.exit(status ?? 1)
  copyFileSync(lock, stamp)
}
if (process.platform !== "linux" || process.arch !== "x64") {
  const missing = [
    process.env.CHROMIUM === undefined ? "CHROMIUM (a Chromium or Chrome executable)" : undefined,
    process.env.PG_BIN === undefined ? "PG_BIN (the folder of PostgreSQL's initdb and postgres)" : undefined
  ].filter((name) => name !== undefined)
  if (missing.length > 0) {
    console.error(`No test binaries are packaged for this platform: set ${missing.join(" and ")}.`)
    process.exit(1)
  }
}
