// Says in one sentence that Node is too old, before a newer syntax says it in a hundred lines; then runs the script named first.
// npm scripts on linux-x64 find Node 26 in node_modules/.bin, so this speaks up elsewhere, or when --omit=optional was used.
import { pathToFileURL } from "node:url"

const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Messenger needs Node 22.19 or newer and this is ${process.versions.node}: install a newer Node, or on linux-x64 run "npm install" without --omit=optional.`
  )
  process.exit(1)
}
const script = process.argv[2]
if (script === undefined) process.exit(0)
process.argv.splice(1, 2, script)
await import(pathToFileURL(script).href)
