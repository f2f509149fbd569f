// The deployment, rehearsed: the script of the workflow with an `aws` and a `docker` that answer as Amazon's and Docker's do.
import { Schema } from "effect"
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join, resolve } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

const tool = resolve(import.meta.dirname, "../../tools/deploy.mjs")
const digest = `sha256:${"ab".repeat(32)}`
const revision = "cd".repeat(20)
const repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/messenger-prod"
const next = "arn:aws:ecs:eu-central-1:123456789012:task-definition/messenger-prod:8"
const before = next.replace(/8$/, "7")

const current = {
  taskDefinition: {
    taskDefinitionArn: before,
    revision: 7,
    status: "ACTIVE",
    registeredAt: "2026-01-01",
    registeredBy: "ada",
    requiresAttributes: [{ name: "ecs.capability.secrets" }],
    compatibilities: ["EC2", "FARGATE"],
    family: "messenger-prod",
    cpu: "512",
    containerDefinitions: [
      { name: "messenger", image: `${repository}:first`, environment: [{ name: "PORT", value: "4000" }] },
      { name: "beside", image: "example.org/beside:1" }
    ]
  }
}

// Records how it was called, and answers by the first rule whose words are all there.
const command = (rules: ReadonlyArray<{ readonly words: string; readonly out?: unknown; readonly err?: string }>) =>
  `#!${process.execPath}
const { appendFileSync, existsSync, writeFileSync } = require("node:fs")
const called = process.argv.slice(2).join(" ")
appendFileSync(${JSON.stringify(join(folder, "calls"))}, JSON.stringify(called) + "\\n")
const pushed = ${JSON.stringify(join(folder, "pushed"))}
if (called.includes("imagetools create")) writeFileSync(pushed, "")
const isPushed = existsSync(pushed)
const rule = ${JSON.stringify(rules)}.find(({ words }) =>
  words.split(" ").every((word) => word === "(pushed)" ? isPushed : called.includes(word)))
if (rule === undefined) { console.error("nobody expects " + called); process.exit(2) }
if (rule.err !== undefined) { console.error(rule.err); process.exit(254) }
console.log(typeof rule.out === "string" ? rule.out : JSON.stringify(rule.out ?? null))
`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "messenger-deploy-"))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Deploys to a service that ends up on `running`. */
const deployed = (
  running: string,
  options: {
    readonly image?: string
    readonly isInEcr?: boolean
    readonly without?: string
    readonly does?: "resolve"
  } = {}
) => {
  const service = { events: [{ message: "(service messenger) says what happened" }] }
  const found = { words: "ecr describe-images", out: digest }
  const aws = command([
    ...(options.isInEcr === true ? [found] : [{ ...found, words: "ecr describe-images (pushed)" }]),
    { words: "ecr describe-images", err: "An error occurred (ImageNotFoundException) when calling DescribeImages" },
    { words: "ecs describe-task-definition messenger-prod", out: current },
    { words: "ecs register-task-definition", out: { taskDefinition: { taskDefinitionArn: next } } },
    { words: `ecs update-service production web ${next}`, out: {} },
    { words: "ecs wait services-stable", out: "" },
    {
      words: "ecs describe-services",
      out: { services: [{ ...service, deployments: [{ status: "PRIMARY", taskDefinition: running }] }] }
    },
    { words: "ssm put-parameter /messenger-prod/image", out: {} }
  ])
  const labels = { "org.opencontainers.image.revision": revision }
  const docker = command([
    { words: "imagetools inspect json .Image", out: { "linux/amd64": { config: { Labels: labels } } } },
    { words: "imagetools inspect .Manifest.Digest", out: digest },
    { words: "imagetools create" }
  ])
  for (const [name, text] of Object.entries({ aws, docker })) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  const calls = join(folder, "calls")
  writeFileSync(calls, "")
  const env: Record<string, string> = {
    PATH: [folder, process.env.PATH].join(delimiter),
    GITHUB_REPOSITORY: "Example/Messenger",
    IMAGE: options.image ?? "main",
    ECR_REPOSITORY_URL: repository,
    ECS_CLUSTER_NAME: "production",
    ECS_SERVICE_NAME: "web",
    TASK_FAMILY: "messenger-prod",
    CONTAINER_NAME: "messenger",
    IMAGE_PARAMETER_NAME: "/messenger-prod/image"
  }
  if (options.without !== undefined) delete env[options.without]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tool, ...(options.does === undefined ? [] : [options.does])],
    { env, encoding: "utf8" }
  )
  const lines = readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line !== "")
  const made = lines.map((line) => Schema.decodeUnknownSync(Schema.fromJsonString(Schema.String))(line))
  const callOf = (words: string) => made.find((call) => call.startsWith(words))
  return { isGood: status === 0, said: stdout + stderr, callOf }
}

describe("a deployment", () => {
  it("registers the current task definition with the image and nothing else changed, and runs it", () => {
    const { isGood, said, callOf } = deployed(next)
    expect(said).toContain("It runs.")
    expect(isGood).toBe(true)
    const [, input = ""] = callOf("ecs register-task-definition")?.split(/--cli-input-json (.*) --output/) ?? []
    const { family, cpu, containerDefinitions } = current.taskDefinition
    const [messenger, beside] = containerDefinitions
    expect(JSON.parse(input)).toEqual({
      family,
      cpu,
      containerDefinitions: [{ ...messenger, image: `${repository}@${digest}` }, beside]
    })
    expect(callOf("ssm put-parameter")).toContain(`--value ${repository}@${digest}`)
  })

  it("only says, when it is asked to, by digest and commit what would be deployed", () => {
    const { isGood, said, callOf } = deployed(next, { image: "1.2.3", does: "resolve", without: "ECR_REPOSITORY_URL" })
    expect(isGood).toBe(true)
    expect(said).toBe(`digest=${digest}\nrevision=${revision}\n`)
    expect(callOf("buildx imagetools create")).toBeUndefined()
  })

  it("copies by digest what a tag meant when it began", () => {
    const { callOf } = deployed(next, { image: "1.2.3" })
    expect(callOf("buildx imagetools inspect")).toContain("ghcr.io/example/messenger:1.2.3")
    expect(callOf("buildx imagetools create")).toBe(
      `buildx imagetools create --tag ${repository}:${digest.replace(":", "-")} ghcr.io/example/messenger@${digest}`
    )
  })

  it("takes what ECR has already, since no tag there is written twice", () => {
    const { isGood, callOf } = deployed(next, { image: digest, isInEcr: true })
    expect(isGood).toBe(true)
    expect(callOf("buildx")).toBeUndefined()
  })

  it("has failed when ECS went back to the revision before, and the image that runs stays what it was", () => {
    const { isGood, said, callOf } = deployed(before)
    expect(isGood).toBe(false)
    expect(said).toContain("ECS has gone back")
    expect(said).toContain("says what happened")
    expect(callOf("ssm put-parameter")).toBeUndefined()
  })

  it.each(["TASK_FAMILY", "ECR_REPOSITORY_URL"])("is refused in a sentence when %s is not set", (without) => {
    expect(deployed(next, { without }).said).toContain(`::error::${without} is not set`)
  })

  it("is refused for what is neither a tag nor a digest", () => {
    expect(deployed(next, { image: "main --tag evil" }).said).toContain("neither a tag nor a digest")
  })
})
