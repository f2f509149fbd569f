// What `npm pack` makes, in an empty project: it installs, it type-checks, and the programs of the README run with it against a real
// server.
//
// No registry is asked: `effect` and `idb`, which the package depends on, and the types of Node are in the project's node_modules
// already, as links to those of the workspace, and npm takes what is there. The workspace that is packed is a copy, since packing
// changes the manifest while it lasts.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile, spawn } from "node:child_process"
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"
import { beforeAll, afterAll, describe } from "vitest"
import type { Bot } from "../src/Bot.ts"
import { reading } from "./bots.ts"
import * as RealServer from "./realServer.ts"

const root = resolve(import.meta.dirname, "../../..")
const run = promisify(execFile)
let temporary = ""
let project = ""
let archived: ReadonlyArray<string> = []

/** The blocks of code of the README, by the entry that each imports first. */
const readme = readFileSync(join(root, "packages/client/README.md"), "utf8")
const programs = new Map(
  [...readme.matchAll(/```ts\n(import .*?from "@messenger\/client\/(\w+)".*?)```/gs)].flatMap(
    ([, code = "", entry = ""]) => (code.includes("MESSENGER_TOKEN") ? [[entry, code] as const] : [])
  )
)

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "package-"))
  const workspace = copyOfWorkspace(join(temporary, "workspace"))
  const before = filesOf(workspace)
  await run("npm", ["pack", "-w", "packages/client", "--pack-destination", temporary], { cwd: workspace })
  expect(filesOf(workspace)).toEqual(before)
  const archive = join(temporary, "messenger-client-0.1.0.tgz")
  archived = (await run("tar", ["tzf", archive])).stdout.trim().split("\n")

  project = join(temporary, "project")
  mkdirSync(join(project, "node_modules/@types"), { recursive: true })
  for (const name of ["effect", "idb", "@types/node", "undici-types"]) {
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name))
  }
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version
  const needed = ["effect", "idb", "@types/node", "undici-types"]
  const dependencies = Object.fromEntries(needed.map((name) => [name, versionOf(name)]))
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", dependencies }))
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", archive], { cwd: project })
  for (const [entry, code] of programs) writeFileSync(join(project, `${entry}.ts`), code)
  writeFileSync(join(project, "contract.ts"), readsContract)
}, 120_000)

afterAll(() => rmSync(temporary, { recursive: true, force: true }))

describe("the packed client", () => {
  it("holds its modules and the contract, compiled, and nothing else", () => {
    const strangers = archived.filter((name) => !/^package\/dist\/(protocol\/(rest\/)?)?\w+\.(js|d\.ts)$/.test(name))
    expect(strangers.toSorted()).toEqual(["package/LICENSE", "package/README.md", "package/package.json"])
    const text = archived
      .filter((name) => name.includes("/dist/"))
      .map((name) =>
        readFileSync(join(project, "node_modules/@messenger/client", name.slice("package/".length)), "utf8")
      )
      .join("\n")
    expect(text).not.toMatch(/from "@messenger\/|import\("@messenger\/|\.ts"/)
  })

  it.each(["nodenext", "bundler"])(
    "type-checks with the module resolution %s, libraries too",
    async (moduleResolution) => {
      const module = moduleResolution === "bundler" ? "esnext" : "nodenext"
      const compiler = join(root, "node_modules/.bin/tsc")
      const files = ["Bot.ts", "BotClient.ts", "contract.ts"]
      const options = ["--strict", "--noEmit", "--target", "esnext", "--lib", "esnext,dom", "--types", "node"]
      const modules = ["--ignoreConfig", "--module", module, "--moduleResolution", moduleResolution]
      const { stdout } = await run(compiler, [...options, ...modules, ...files], { cwd: project }).catch(
        (error: { readonly stdout: string }) => error
      )
      expect(stdout).toBe("")
    },
    60_000
  )

  it.live(
    "runs the programs of the README against a server, which answer",
    () =>
      Effect.gen(function* () {
        expect([...programs.keys()]).toEqual(["Bot", "BotClient"])
        const real = yield* RealServer.make()
        for (const entry of programs.keys()) {
          expect(programs.get(entry)?.trim().split("\n").length).toBeLessThan(20)
          const token = yield* real.addProgram(`robot ${entry}`)
          const child = yield* Effect.acquireRelease(
            Effect.sync(() =>
              spawn(process.execPath, [`${entry}.ts`], {
                cwd: project,
                env: { PATH: process.env["PATH"], MESSENGER_SERVER: real.server, MESSENGER_TOKEN: token },
                stdio: ["ignore", "inherit", "pipe"]
              })
            ),
            (process) => Effect.sync(() => process.kill("SIGKILL"))
          )
          let said = ""
          child.stderr.on("data", (data: Buffer) => (said += data.toString()))
          yield* untilPresent(real.ada, `robot ${entry}`, () => said)
          const asked = yield* Effect.promise(() => real.ada.post("lobby", "ping"))
          const answers = yield* reading(real.ada.messages("lobby", { cursor: asked.cursor }))
          expect((yield* answers.next).value).toMatchObject({
            text: "pong",
            author: { name: `robot ${entry}`, isApp: true }
          })
          // No warning of Node either.
          expect(said).toBe("")
          child.kill("SIGKILL")
        }
      }),
    60_000
  )
})

// The contract is there under the name of the package, and is the one that the client speaks.
const readsContract = `
import type { PostedMessage } from "@messenger/client/Bot"
import { memory } from "@messenger/client/Device"
import * as FileOutboxStore from "@messenger/client/FileOutboxStore"
import { makeMessenger } from "@messenger/client/Messenger"
import * as InboxView from "@messenger/client/protocol/InboxView"
import type { Message } from "@messenger/client/protocol/Message"
import { UpgradeRequired } from "@messenger/client/protocol/Handshake"

export const isMessage = (message: PostedMessage): Message => message
export const unread = (page: ReturnType<typeof makeMessenger>) => InboxView.unreadRooms(page.inbox.get().view)
export const stores = [memory, FileOutboxStore.inFolder("outbox")]
export const isOld = (error: unknown) => error instanceof UpgradeRequired && error.serverContract
// @ts-expect-error A receipt is no text.
export const wrong = async (page: ReturnType<typeof makeMessenger>): Promise<string> => page.call("GetAccount")
`

/** What is needed to pack, with everything that is installed linked. */
const copyOfWorkspace = (to: string): string => {
  mkdirSync(join(to, "node_modules/@messenger"), { recursive: true })
  for (const file of ["package.json", "tsconfig.json", "LICENSE"]) cpSync(join(root, file), join(to, file))
  for (const part of ["client", "protocol"]) {
    const isOurs = (path: string) => !/\/(node_modules|dist|test)$/.test(path)
    cpSync(join(root, "packages", part), join(to, "packages", part), { recursive: true, filter: isOurs })
    symlinkSync(`../../packages/${part}`, join(to, "node_modules/@messenger", part))
  }
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@messenger") symlinkSync(join(root, "node_modules", name), join(to, "node_modules", name))
  }
  return to
}

const filesOf = (workspace: string) =>
  globSync("packages/**/*", { cwd: workspace, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted()

/** Waits until somebody of that name is in the lobby, who then hears what is posted. */
const untilPresent = (bot: Bot, name: string, said: () => string) =>
  Effect.promise(async () => {
    for (let tries = 0; tries < 400; tries++) {
      if ((await bot.people("lobby")).some(({ user }) => user.name === name)) return
      await setTimeout(50)
    }
    throw new Error(`${name} did not come, and said: ${said()}`)
  })
