// `npm run newcomer`: does what the README promises to somebody who has just found this? In a clean copy of what is committed, it
// types the lines of README.md and nothing else, waits for what the README says will be there, lets two people chat in two
// browsers, ends the server as one does, and runs the tests. `-- --without-tests` leaves the last step out.
//
// The browsers are the tests' own and not part of the promise, so they are got ready before the clock starts.
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, delimiter, join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { chromium as playwright } from "playwright-core"
import { chromium } from "../tests/chromium.ts"

const root = resolve(import.meta.dirname, "..")
const withTests = !process.argv.includes("--without-tests")

/** From the first line typed to a message read by somebody else, in seconds. A machine may be slow, so more is only told. */
const promisedSeconds = 120
/** How long an install may take before it is given up, in milliseconds; a page, a message and an end take less. */
const installMillis = 600_000
const patienceMillis = 30_000
/** A server drains for up to 10 s and may take 45 s to write what it has. */
const endMillis = 60_000

class Broken extends Error {}

const steps = []
const step = async (name, work) => {
  const started = performance.now()
  const fail = (cause) => {
    throw new Broken(`FAILED ${name}: ${cause instanceof Broken ? cause.message : (cause?.stack ?? cause)}`, { cause })
  }
  const result = await Promise.resolve().then(work).catch(fail)
  const seconds = (performance.now() - started) / 1000
  steps.push({ name, seconds })
  console.log(`ok     ${name} (${seconds.toFixed(1)} s)`)
  return result
}

/** What the README tells to type, and where it says the result is. */
const promised = (readme) => {
  const blocks = [...readme.matchAll(/^```(?:sh|bash|console)?\n([^]*?)^```/gm)].map(([, text = ""]) => text.trim())
  const start = blocks.find((block) => /^npm install && npm start$/.test(block))
  const address = /open <(http:\/\/localhost:(\d+))>/.exec(readme)
  const test = /^\| `(npm test)` \|/m.exec(readme)?.[1]
  if (start === undefined) throw new Broken("README.md has no code block that is `npm install && npm start`")
  if (address === null) throw new Broken("README.md does not say where to open it: open <http://localhost:…>")
  if (test === undefined) throw new Broken("README.md has no row `npm test` among its commands")
  return { start, test, port: Number(address[2]) }
}

const git = (...args) => spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 })

/** A clean copy: a clone, else what git lists, else (in an unpacked archive) everything but what was installed, built or written. */
const copyTo = (folder) => {
  if (git("rev-parse", "--show-toplevel").stdout.trim() === root) {
    if (git("clone", "--quiet", root, folder).status === 0) return "a clone"
    rmSync(folder, { recursive: true, force: true })
    const listed = git("ls-files", "-z").stdout.split("\0")
    // Listed and not there is what somebody has deleted and not committed.
    const files = listed.filter((file) => file !== "" && existsSync(join(root, file)))
    for (const file of files) cpSync(join(root, file), join(folder, file))
    return "a copy of what git lists, since it could not be cloned"
  }
  const isMade = new Set(["node_modules", "dist", "data", "coverage", ".git", ".env"])
  cpSync(root, folder, { recursive: true, filter: (from) => from === root || !isMade.has(basename(from)) })
  return "a copy of the folder, since it is no git repository"
}

/** The environment of somebody's own shell: none of ours, and not the Node that npm found for us. */
const environment = (extra) => {
  const ours =
    /^(npm_(?!config_)|npm_config_(local|global)_prefix$|INIT_CWD$|NODE$|NODE_ENV$|NODE_OPTIONS$|VITEST|GIT_)/
  const settings = /^(DATABASE_|PORT$|HOST$|PUBLIC_URL$|DATA_DIR$|SECRET_KEY$|TRUSTED_PROXIES$|REGISTRATION$|GUESTS$)/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name) && !settings.test(name))
  const path = (process.env.PATH ?? "").split(delimiter).filter((entry) => !/node_modules|node-gyp-bin/.test(entry))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), ...extra }
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" }, () => {
      resolve(true)
      socket.destroy()
    })
    socket.once("error", () => resolve(false))
  })

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "localhost", () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const typedLines = []

/** Types a line into a shell, as the leader of a process group, as a terminal has it. */
const type = (line, cwd, extra) => {
  const child = spawn("sh", ["-c", line], {
    cwd,
    env: environment(extra),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"]
  })
  const typed = { child, output: "", ended: undefined }
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (typed.output += chunk))
  // When the last of the group has closed its output, and not when the shell alone is gone.
  child.once("close", (code, signal) => (typed.ended = { code, signal }))
  typedLines.push(typed)
  return typed
}

/** As a terminal does it: to all that the line has started. A group that is gone already is as it should be. */
const signalGroup = ({ pid }, signal) => spawnSync("kill", [`-${signal}`, "--", `-${pid}`])

const until = async (what, millis, look) => {
  for (const deadline = Date.now() + millis; Date.now() < deadline; await pause(100)) if (await look()) return
  throw new Broken(`${what} did not happen within ${millis / 1000} s`)
}

const pageThere = async (url) => {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok === true && (await response.text()).includes("<html")
}

const enter = async (browser, url, name) => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  page.setDefaultTimeout(patienceMillis)
  await page.goto(url)
  await page.getByLabel("Display name").fill(name)
  await page.getByRole("button", { name: "Start chatting" }).click()
  await page.getByRole("link", { name: /lobby/ }).first().click()
  await page.getByRole("textbox", { name: "Message #lobby" }).waitFor()
  return page
}

const say = async (page, text) => {
  const composer = page.getByRole("textbox", { name: "Message #lobby" })
  await composer.fill(text)
  await composer.press("Enter")
}

const see = (page, text) => page.getByText(text, { exact: true }).first().waitFor({ timeout: patienceMillis })

const chat = async (url, executable) => {
  const browsers = await Promise.all([playwright.launch(executable), playwright.launch(executable)])
  try {
    const [ada, ben] = await step("Two people open it in two browsers and pick names", () =>
      Promise.all([enter(browsers[0], url, "Ada"), enter(browsers[1], url, "Ben")])
    )
    await step("What one writes the other reads, both ways", async () => {
      await say(ada, "Hello Ben, can you read this?")
      await see(ben, "Hello Ben, can you read this?")
      await say(ben, "I can, Ada.")
      await see(ada, "I can, Ada.")
    })
    await step("Both reload and find it again", async () => {
      await Promise.all([ada.reload(), ben.reload()])
      const all = ["Hello Ben, can you read this?", "I can, Ada."]
      await Promise.all([ada, ben].flatMap((page) => all.map((text) => see(page, text))))
    })
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()))
  }
}

const report = () => {
  const seconds = steps.reduce((sum, { seconds }) => sum + seconds, 0)
  const isKept = seconds <= promisedSeconds
  const verdict = isKept ? "within" : "WARNING: more than"
  console.log(
    `${isKept ? "ok    " : "SLOW  "} ${seconds.toFixed(1)} s in all, ${verdict} the ${promisedSeconds} s that are promised`
  )
}

/** Everything up to the tests. */
const firstMinutes = async (folder, { start, port: usual }) => {
  const executable = await chromium()
  const isTaken = await answers(usual)
  const port = isTaken ? await freePort() : usual
  if (isTaken) console.log(`       Port ${usual} is taken by another program: PORT=${port} instead`)
  const url = `http://localhost:${port}`
  const typed = type(start, folder, isTaken ? { PORT: String(port) } : {})
  try {
    await step(`\`${start}\` until ${url} is there`, () =>
      until("a page", installMillis, async () => {
        if (typed.ended !== undefined) throw new Broken("it ended by itself")
        return pageThere(url)
      })
    )
    await chat(url, executable)
    await step("Ctrl-C ends the server in order", async () => {
      signalGroup(typed.child, "INT")
      await until("the end", endMillis, () => typed.ended !== undefined)
      // SQLite leaves its log behind when whoever has the file open does not close it.
      if (!existsSync(join(folder, "data/messenger.db"))) throw new Broken("there is no database in ./data")
      if (existsSync(join(folder, "data/messenger.db-wal"))) throw new Broken("the database was not closed")
    })
  } catch (error) {
    console.error(typed.output)
    throw error
  }
  report()
}

const run = async (folder) => {
  const how = copyTo(folder)
  console.log(`       ${how[0].toUpperCase()}${how.slice(1)}`)
  const readme = promised(readFileSync(join(folder, "README.md"), "utf8"))
  await firstMinutes(folder, readme)
  if (!withTests) return
  await step(`\`${readme.test}\``, async () => {
    const { status } = spawnSync("sh", ["-c", readme.test], { cwd: folder, env: environment({}), stdio: "inherit" })
    if (status !== 0) throw new Broken(`it ended with ${status}`)
  })
}

const binaries = spawnSync(process.execPath, ["tools/install-test-binaries.mjs"], { cwd: root, stdio: "inherit" })
if (binaries.status !== 0) process.exit(1)
const place = mkdtempSync(join(tmpdir(), "messenger-newcomer-"))
// A folder like any other: the tests start PostgreSQL as another user when they are run by root.
chmodSync(place, 0o755)
// However this ends, nothing of it is left running or lying about.
process.once("exit", () => {
  for (const { child, ended } of typedLines) if (ended === undefined) signalGroup(child, "KILL")
  rmSync(place, { recursive: true, force: true })
})
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))
try {
  await run(join(place, "messenger"))
} catch (error) {
  if (!(error instanceof Broken)) throw error
  console.error(error.message)
  process.exit(1)
}
