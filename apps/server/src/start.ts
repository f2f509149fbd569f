// What `npm start` runs: builds the web client when it is missing or older than its sources, then starts the server.
import { spawnSync } from "node:child_process"
import { enableCompileCache } from "node:module"
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/** Whatever the web client is built from. */
const sources = [
  "apps/web/src",
  "apps/web/public",
  "apps/web/index.html",
  "apps/web/vite.config.ts",
  "apps/web/budget.ts",
  "packages/client/src",
  "packages/protocol/src",
  "package-lock.json"
]

/** When the newest file in it was changed, in milliseconds; 0 when there is none. */
const newest = (path: string): number => {
  if (!existsSync(path)) return 0
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const buildIfNeeded = () => {
  const builtAt = newest(join(root, "apps/web/dist/index.html"))
  if (builtAt >= Math.max(...sources.map((source) => newest(join(root, source))))) return
  console.log("Building the web client ...")
  const { status } = spawnSync(process.execPath, [join(root, "tools/build.mjs")], { cwd: root, stdio: "inherit" })
  if (status === 0) return
  console.error("The web client could not be built: see above, or run npm run build.")
  process.exit(1)
}

/** How often it is looked whether npm is still there, in milliseconds. */
const parentMillis = 250

// npm runs a shell that runs this, and a signal to npm ends both of them without reaching this process: left alone, it would
// go on holding the port and the database. So it stops, in order, when its parent is gone.
const stopWithParent = () => {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM")
  }, parentMillis).unref()
}

// Halves the time to ready from the second start on.
enableCompileCache(join(root, "node_modules/.cache/messenger"))
const isServing = process.argv.length === 2
if (isServing) buildIfNeeded()
if (process.env.npm_lifecycle_event === "start") stopWithParent()
await import("./main.ts")
