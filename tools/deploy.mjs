// Deploys an image to ECS, for .github/workflows/deploy.yml and for who has the AWS command line and the same variables: copies it
// into ECR, registers the current task definition with it, updates the service, and waits for how that ends. Needs only Node, `aws`
// and `docker buildx`. With `resolve` it only says which image that is, by its digest and commit: what a reviewer decides on.
import { execFileSync, spawnSync } from "node:child_process"

class Refused extends Error {}

const setting = (name) => {
  const value = process.env[name]
  if (value === undefined || value === "") throw new Refused(`${name} is not set: it is an output of Terraform.`)
  return value
}

const run = (command, args) => {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 }
  return execFileSync(command, args, options).trim()
}
const aws = (...args) => JSON.parse(run("aws", [...args, "--output", "json"]) || "null")

const inspected = (image, format) => run("docker", ["buildx", "imagetools", "inspect", image, "--format", format])

/** The image at GitHub by its digest: a tag may move while this runs. */
const source = (image) => {
  const name = `ghcr.io/${setting("GITHUB_REPOSITORY").toLowerCase()}`
  if (/^sha256:[0-9a-f]{64}$/.test(image)) return `${name}@${image}`
  if (!/^[\w][\w.-]{0,127}$/.test(image)) throw new Refused(`${image} is neither a tag nor a digest.`)
  return `${name}@${inspected(`${name}:${image}`, "{{ .Manifest.Digest }}")}`
}

/** The commit that it says it is of: of an image for several platforms each has its labels, which are the same. */
const revisionOf = (from) => {
  const image = JSON.parse(inspected(from, "{{ json .Image }}"))
  const [{ config } = {}] = image.config === undefined ? Object.values(image) : [image]
  const revision = config?.Labels?.["org.opencontainers.image.revision"]
  return /^[0-9a-f]{40}$/.test(revision) ? revision : "unknown"
}

const digestIn = (repository, tag) => {
  const args = ["--repository-name", repository.slice(repository.indexOf("/") + 1), "--image-ids", `imageTag=${tag}`]
  const command = ["ecr", "describe-images", ...args, "--query", "imageDetails[0].imageDigest", "--output", "text"]
  const { status, stdout, stderr } = spawnSync("aws", command, { encoding: "utf8" })
  if (status === 0) return stdout.trim()
  if (stderr.includes("ImageNotFoundException")) return undefined
  throw new Refused(`ECR could not be asked: ${stderr.trim()}`)
}

/** Copies it, with all its platforms and attestations. A tag in ECR is never written twice, and what is there already is taken. */
const copied = (from) => {
  const repository = setting("ECR_REPOSITORY_URL")
  const tag = from.slice(from.indexOf("@") + 1).replace(":", "-")
  if (digestIn(repository, tag) === undefined) {
    run("docker", ["buildx", "imagetools", "create", "--tag", `${repository}:${tag}`, from])
  }
  const digest = digestIn(repository, tag)
  if (digest === undefined) throw new Refused(`${from} was copied, and ECR does not have it.`)
  return `${repository}@${digest}`
}

/** What ECS adds to a task definition when it is registered. */
const added = ["taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities"]
const addedToo = ["registeredAt", "registeredBy", "deregisteredAt"]

/** The next revision: the newest one, which may be Terraform's, with another image. */
const registered = (image) => {
  const container = setting("CONTAINER_NAME")
  const { taskDefinition } = aws("ecs", "describe-task-definition", "--task-definition", setting("TASK_FAMILY"))
  for (const name of [...added, ...addedToo]) delete taskDefinition[name]
  const ours = taskDefinition.containerDefinitions.filter(({ name }) => name === container)
  if (ours.length !== 1) throw new Refused(`The task has no container ${container}.`)
  ours[0].image = image
  const next = aws("ecs", "register-task-definition", "--cli-input-json", JSON.stringify(taskDefinition))
  return next.taskDefinition.taskDefinitionArn
}

/** Starts the revision and waits. ECS itself goes back to the one before when it does not get healthy (its circuit breaker). */
const started = (revision) => {
  const service = ["--cluster", setting("ECS_CLUSTER_NAME")]
  const name = setting("ECS_SERVICE_NAME")
  aws("ecs", "update-service", ...service, "--service", name, "--task-definition", revision)
  const wait = ["ecs", "wait", "services-stable", ...service, "--services", name]
  // One wait is ten minutes, and going back takes its time too.
  const isStable = [1, 2].some(() => spawnSync("aws", wait, { stdio: "inherit" }).status === 0)
  const { services } = aws("ecs", "describe-services", ...service, "--services", name)
  const primary = services[0]?.deployments.find(({ status }) => status === "PRIMARY")
  for (const { message } of services[0]?.events.slice(0, 10).toReversed() ?? []) console.log(`  ${message}`)
  if (primary?.taskDefinition !== revision) throw new Refused(`${revision} did not get healthy: ECS has gone back.`)
  if (!isStable) throw new Refused(`${revision} is not stable after 20 minutes: see the service's events and the log.`)
}

const deploy = (from) => {
  console.log(`Image      ${from}`)
  const image = copied(from)
  console.log(`In ECR     ${image}`)
  const revision = registered(image)
  console.log(`Revision   ${revision}`)
  started(revision)
  // Only now: this is what Terraform takes for the image that runs.
  aws("ssm", "put-parameter", "--name", setting("IMAGE_PARAMETER_NAME"), "--value", image, "--overwrite")
  console.log("It runs.")
}

try {
  const from = source(setting("IMAGE"))
  if (process.argv[2] === "resolve") {
    console.log(`digest=${from.slice(from.indexOf("@") + 1)}\nrevision=${revisionOf(from)}`)
  } else deploy(from)
} catch (error) {
  if (!(error instanceof Refused)) throw error
  console.error(`::error::${error.message}`)
  process.exit(1)
}
