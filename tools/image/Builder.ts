// Carries out the stages of a Dockerfile, each in a clean folder. Stages that need each other wait, others run side by side.
import { type ChildProcess, execFileSync } from "node:child_process"
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync
} from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { filesOf } from "./BuildContext.ts"
import { isRoot, start, systemFolders } from "./Container.ts"
import type { Stage, Step } from "./Dockerfile.ts"

/** A stage that is done. */
export interface Built {
  readonly files: string
  readonly workdir: string
  readonly user: string
  readonly environment: ReadonlyMap<string, string>
  /** What each step of the target added, in bytes. */
  readonly layers: ReadonlyArray<{ readonly line: string; readonly bytes: number }>
}

/** Where the build is done, and from what. */
export interface Workshop {
  readonly context: string
  readonly ignoreFile: string
  /** An empty folder. */
  readonly folder: string
  readonly report: (text: string) => void
}

/** Builds the named stage and whatever it needs. */
export const build = (stages: ReadonlyArray<Stage>, target: string, workshop: Workshop): Promise<Built> => {
  const started = new Map([[nodeImage, Promise.resolve(baseImage(workshop.folder))]])
  const of = (name: string): Promise<Built> => {
    const known = started.get(name)
    if (known !== undefined) return known
    const stage = stages.find((stage) => stage.name === name)
    if (stage === undefined) return Promise.reject(new Error(`${name} is neither a stage nor the image of Node.`))
    const building = carryOut(stage, of, workshop, name === target ? bytesOf : () => 0)
    started.set(name, building)
    return building
  }
  return of(target)
}

const nodeImage = "node"

/** What the image of Node has that the machine's /usr has not: Node and npm of this process, and the home of its user. */
const baseImage = (folder: string): Built => {
  const files = join(folder, "base")
  const local = join(files, "usr/local")
  for (const name of ["home/node", "dev", "proc", "root", "run", "tmp"])
    mkdirSync(join(files, name), { recursive: true })
  for (const name of systemFolders) {
    const system = lstatSync(`/${name}`, { throwIfNoEntry: false })
    if (system?.isSymbolicLink() === true) symlinkSync(readlinkSync(`/${name}`), join(files, name))
    else if (system !== undefined) mkdirSync(join(files, name), { recursive: true })
  }
  mkdirSync(join(local, "bin"), { recursive: true })
  mkdirSync(join(local, "lib/node_modules"), { recursive: true })
  execFileSync("cp", [realpathSync(process.execPath), join(local, "bin/node")])
  execFileSync("cp", ["-r", npmFolder(), join(local, "lib/node_modules/npm")])
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(local, "bin/npm"))
  if (isRoot) execFileSync("chown", ["1000:1000", join(files, "home/node")])
  return { files, workdir: "/", user: "0:0", environment: new Map([["PATH", searchPath]]), layers: [] }
}

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const npmFolder = (): string => {
  const command = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "npm"))
    .find(existsSync)
  if (command === undefined) throw new Error("There is no npm on the PATH.")
  return dirname(dirname(realpathSync(command)))
}

// Files are shared between stages: a step puts new files in place of old ones and changes none.
const linkTree = (from: string, to: string): void => {
  execFileSync("cp", ["-al", from, to])
}

const carryOut = async (
  { name, base, steps }: Stage,
  of: (name: string) => Promise<Built>,
  workshop: Workshop,
  measure: (folder: string) => number
): Promise<Built> => {
  const needed = steps.flatMap((step) => (step.kind === "copy" && step.from !== undefined ? [step.from] : []))
  const [from] = await Promise.all([base.replace(/^node:.*/, nodeImage), ...needed].map(of))
  if (from === undefined) throw new Error(`${name} is built from nothing.`)
  const files = join(workshop.folder, `stage-${name}`)
  linkTree(from.files, files)
  let state: Built = { ...from, files, layers: [] }
  for (const step of steps) {
    if (step.kind === "metadata") continue
    const before = measure(files)
    const began = performance.now()
    state = await done(step, state, of, workshop)
    workshop.report(`${name}: ${step.line} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    state = { ...state, layers: [...state.layers, { line: step.line, bytes: Math.max(0, measure(files) - before) }] }
  }
  return state
}

const done = async (
  step: Exclude<Step, { kind: "metadata" }>,
  state: Built,
  of: (name: string) => Promise<Built>,
  workshop: Workshop
): Promise<Built> => {
  switch (step.kind) {
    case "user":
      return { ...state, user: step.user }
    case "env":
      return { ...state, environment: new Map([...state.environment, ...step.values]) }
    case "workdir":
      mkdirSync(join(state.files, step.path), { recursive: true })
      return { ...state, workdir: step.path }
    case "copy":
      copy(step, state, step.from === undefined ? context(workshop) : (await of(step.from)).files)
      return state
    case "run":
      await run(step, state, workshop)
      return state
  }
}

// A builder keeps the modes of the clone. This one takes the strictest clone there is, of an umask of 077.
const context = ({ context, ignoreFile, folder }: Workshop): string => {
  const copied = mkdtempSync(join(folder, "context-"))
  for (const file of filesOf(context, ignoreFile)) {
    mkdirSync(dirname(join(copied, file)), { recursive: true })
    cpSync(join(context, file), join(copied, file), { verbatimSymlinks: true, preserveTimestamps: true })
  }
  execFileSync("chmod", ["-R", "go-rwx", copied])
  return copied
}

// As the builder does: the content of a folder, a file under its own name in a folder, else a file under the name that is given.
const copy = (step: Extract<Step, { kind: "copy" }>, { files, workdir }: Built, from: string): void => {
  const destination = join(files, step.destination.startsWith("/") ? "" : workdir, step.destination)
  const options = ["--recursive", "--no-dereference", "--preserve=mode,timestamps,links", "--remove-destination"]
  for (const source of step.sources) {
    const path = join(from, source)
    const isFolder = statSync(path).isDirectory()
    mkdirSync(isFolder || step.destination.endsWith("/") ? destination : dirname(destination), { recursive: true })
    execFileSync("cp", [...options, isFolder ? `${path}/.` : path, destination])
    if (step.chown !== undefined && isRoot) execFileSync("chown", ["-R", step.chown, destination])
  }
}

const run = async (
  { command, caches }: Extract<Step, { kind: "run" }>,
  { files, workdir, user, environment }: Built,
  { folder }: Workshop
): Promise<void> => {
  const scratch = mkdtempSync(join(folder, "run-"))
  const configs = npmConfigs(scratch)
  const child = start({
    files,
    scratch,
    command: ["sh", "-c", command],
    workdir,
    user,
    environment: new Map([["HOME", "/root"], ...environment, ...configs.environment]),
    isReadOnly: false,
    mounts: new Map([...caches.map((target): [string, string] => [target, npmConfig("cache")]), ...configs.mounts])
  })
  const { code, output } = await ended(child)
  if (code !== 0) throw new Error(`It ended with ${code}: ${command}\n${output}`)
}

// The only cache that our images mount is npm's: the machine's own is used, as a builder uses that of its last build.
const npmConfig = (name: string): string =>
  execFileSync("npm", ["config", "get", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()

// How the registry is reached (mirrors, proxies, certificates) is a matter of this machine and not of the image.
const npmConfigs = (scratch: string) => {
  const folder = join(scratch, "npm")
  mkdirSync(folder)
  for (const name of ["userconfig", "globalconfig"]) {
    const file = npmConfig(name)
    if (existsSync(file)) copyFileSync(file, join(folder, name))
  }
  const environment = ["userconfig", "globalconfig"].map((name): [string, string] => [
    `npm_config_${name}`,
    `/run/npm/${name}`
  ])
  return { environment, mounts: [["/run/npm", folder]] as const }
}

/** Waits for a process; answers its code and all that it said. */
export const ended = (child: ChildProcess): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve, reject) => {
    let output = ""
    const onData = (bytes: Buffer) => {
      output += bytes.toString()
    }
    child.stdout?.on("data", onData)
    child.stderr?.on("data", onData)
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, output }))
  })

const bytesOf = (folder: string): number =>
  readdirSync(folder).length === 0
    ? 0
    : Number(execFileSync("du", ["--summarize", "--bytes", folder], { encoding: "utf8" }).split("\t")[0])
