import { Effect, Schema } from "effect"
import { describe, expect, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { beforeAll } from "vitest"
import { parse } from "yaml"
import { startProcess, temporaryFolder } from "../../apps/server/test/support/ServerProcess.ts"
import { filesOf, projectOf, root } from "./Compose.ts"
import { expressionOf, type Sample, samplesOf } from "./promql.ts"

const textOf = (file: string): string => readFileSync(join(root, "deploy", file), "utf8")

const Rules = Schema.Struct({
  groups: Schema.Array(
    Schema.Struct({
      rules: Schema.Array(
        Schema.Struct({
          alert: Schema.String,
          expr: Schema.String,
          for: Schema.optionalKey(Schema.String),
          labels: Schema.Struct({ severity: Schema.Literals(["critical", "warning", "info"]) }),
          annotations: Schema.Struct({ summary: Schema.String, description: Schema.String })
        })
      )
    })
  )
})
const rules = Schema.decodeUnknownSync(Rules)(parse(textOf("prometheus/messenger.rules.yml"))).groups.flatMap(
  ({ rules }) => rules
)

const Prometheus = Schema.Struct({
  rule_files: Schema.Array(Schema.String),
  scrape_configs: Schema.Array(
    Schema.Struct({
      job_name: Schema.String,
      metrics_path: Schema.optionalKey(Schema.String),
      authorization: Schema.optionalKey(Schema.Struct({ type: Schema.String, credentials_file: Schema.String })),
      static_configs: Schema.Array(Schema.Struct({ targets: Schema.Array(Schema.String) }))
    })
  )
})
const prometheus = Schema.decodeUnknownSync(Prometheus)(parse(textOf("prometheus/prometheus.yml")))

const Datasource = Schema.Struct({ type: Schema.String, uid: Schema.String })
const Dashboard = Schema.Struct({
  uid: Schema.String,
  title: Schema.String,
  schemaVersion: Schema.Number,
  templating: Schema.Struct({
    list: Schema.Array(Schema.Struct({ name: Schema.String, datasource: Datasource, definition: Schema.String }))
  }),
  panels: Schema.Array(
    Schema.Struct({
      id: Schema.Number,
      type: Schema.Literals(["row", "stat", "timeseries"]),
      title: Schema.String,
      description: Schema.optionalKey(Schema.String),
      datasource: Schema.optionalKey(Datasource),
      gridPos: Schema.Struct({ x: Schema.Number, y: Schema.Number, w: Schema.Number, h: Schema.Number }),
      fieldConfig: Schema.optionalKey(
        Schema.Struct({ defaults: Schema.Struct({ unit: Schema.String }), overrides: Schema.Array(Schema.Unknown) })
      ),
      targets: Schema.optionalKey(
        Schema.Array(
          Schema.Struct({
            refId: Schema.String,
            datasource: Datasource,
            expr: Schema.String,
            legendFormat: Schema.String
          })
        )
      )
    })
  )
})
const dashboard = Schema.decodeUnknownSync(Schema.fromJsonString(Dashboard))(
  textOf("grafana/dashboards/messenger.json")
)
const panels = dashboard.panels.filter(({ type }) => type !== "row")
const targets = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ place: title, expr })))
// Grafana puts these in before it asks.
const asked = targets.map(({ place, expr }) => ({ place, expr: expr.replaceAll("$__rate_interval", "1m") }))
const expressions = [...asked, ...rules.map(({ alert, expr }) => ({ place: alert, expr }))]

// Prometheus adds these to every series that it collects, and `up` by itself.
const ofPrometheus = new Set(["job", "instance"])

/** What a server says of itself once somebody has followed a room and written in it. */
const metricsOfServer = Effect.gen(function* () {
  const server = yield* startProcess(yield* temporaryFolder, {})
  const url = yield* server.url
  return yield* Effect.promise(async () => {
    const headers = { "sec-fetch-site": "same-origin", "content-type": "application/json" }
    const guest = await fetch(`${url}/guest`, { method: "POST", headers, body: JSON.stringify({ name: "Ada" }) })
    const cookie = guest.headers.getSetCookie()[0]?.split(";")[0] ?? ""
    const leaving = new AbortController()
    const events = await fetch(`${url}/api/v1/rooms/lobby/events`, { headers: { cookie }, signal: leaving.signal })
    const reader = events.body?.getReader()
    await reader?.read()
    const posted = await fetch(`${url}/api/v1/rooms/lobby/messages`, {
      method: "POST",
      headers: { ...headers, cookie },
      body: JSON.stringify({ text: "Good morning." })
    })
    expect(posted.status).toBe(201)
    await reader?.read()
    leaving.abort()
    return (await fetch(`${url}/metrics`)).text()
  })
}).pipe(Effect.scoped)

describe("what is asked of the numbers is what a server says", () => {
  let samples: ReadonlyArray<Sample> = []
  const seriesOf = (metric: string) => samples.filter((sample) => sample.metric === metric)

  beforeAll(async () => {
    samples = [...samplesOf(await Effect.runPromise(metricsOfServer)), { metric: "up", labels: new Map() }]
  }, 60_000)

  it.each(expressions)("$place: $expr", ({ expr }) => {
    const { selectors, groupings } = expressionOf(expr)
    expect(selectors).not.toEqual([])
    for (const { metric, matchers } of selectors) {
      const own = matchers.filter(({ label }) => !ofPrometheus.has(label))
      const matching = seriesOf(metric).filter(({ labels }) =>
        own.every(({ label, matches }) => labels.has(label) && matches(labels.get(label) ?? ""))
      )
      expect(matching, `${metric} with ${own.map(({ label }) => label).join(", ")}`).not.toEqual([])
    }
    const isKnown = (label: string) =>
      ofPrometheus.has(label) ||
      selectors.some(({ metric }) => seriesOf(metric).some(({ labels }) => labels.has(label)))
    expect(groupings.filter((label) => !isKnown(label))).toEqual([])
  })

  it("and every number that a server says is on the dashboard", () => {
    const shown = new Set(
      asked.flatMap(({ expr }) => expressionOf(expr).selectors.map(({ metric }) => familyOf(metric)))
    )
    expect([...new Set(samples.map(({ metric }) => familyOf(metric)))].filter((family) => !shown.has(family))).toEqual(
      []
    )
  })
})

const familyOf = (metric: string): string => metric.replace(/_(bucket|sum|count|min|max)$/, "")

describe("the dashboard", () => {
  it("asks the data source that is provisioned", () => {
    const provisioned: unknown = parse(textOf("grafana/provisioning/datasources/prometheus.yml"))
    expect(provisioned).toMatchObject({ datasources: [{ uid: "prometheus", url: "http://prometheus:9090" }] })
    const sources = [
      ...panels.map(({ datasource }) => datasource),
      ...dashboard.templating.list.map((one) => one.datasource)
    ]
    expect(new Set(sources.map((source) => `${source?.type} ${source?.uid}`))).toEqual(
      new Set(["prometheus prometheus"])
    )
  })

  it("says of each panel what it shows, and gives each its own place", () => {
    expect(panels.filter(({ description, targets }) => !description?.endsWith(".") || !targets?.length)).toEqual([])
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)}:${y + Math.floor(index / w)}`)
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(cells.every((cell) => Number(cell.split(":")[0]) < 24)).toBe(true)
  })
})

describe("the alert rules", () => {
  it("say what is wrong and what to do about it", () => {
    for (const { alert, annotations } of rules) {
      expect(alert).toMatch(/^Messenger[A-Z]/)
      expect(annotations.summary).toContain("{{ $labels.instance }}")
      expect(annotations.description.length).toBeGreaterThan(80)
    }
  })

  it("wait before they call somebody, unless they look back over a while themselves", () => {
    const hasty = rules.filter((rule) => rule.for === undefined && !/\[\d+[mh]\]/.test(rule.expr))
    expect(hasty.map(({ alert }) => alert)).toEqual([])
  })
})

describe("the thresholds", () => {
  const expressionFor = (name: string) => rules.find(({ alert }) => alert === name)?.expr ?? ""

  it("call somebody when the server is away, and only then", () => {
    expect(expressionFor("MessengerDown")).toBe('up{job="messenger"} == 0')
  })

  it("speak of memory well before the unit of systemd ends the server for it", () => {
    const bytes = Number(
      /^process_resident_memory_bytes\{job="messenger"\} > (\S+)$/.exec(expressionFor("MessengerMemoryGrows"))?.[1]
    )
    const gibibytes = Number(/^MemoryMax=(\d+)G$/m.exec(textOf("systemd/messenger.service"))?.[1])
    expect(bytes).toBeLessThan(0.8 * gibibytes * 2 ** 30)
    expect(bytes).toBeGreaterThan(0.5 * gibibytes * 2 ** 30)
  })

  it("count the connections that are given up over the while of the look, against those that there are", () => {
    expect(expressionFor("MessengerConnectionsDropped")).toMatch(
      /^increase\(messenger_dropped_connections_total\[5m\]\) > 0\.\d+ \* messenger_connections and messenger_connections > \d+$/
    )
  })
})

describe("Prometheus", () => {
  it("asks the server of the project where it answers, with the token that is mounted, and reads the rules that are there", () => {
    const { services } = projectOf({})
    const [job] = prometheus.scrape_configs
    expect(job?.static_configs[0]?.targets).toEqual(["app:4000"])
    expect(job?.authorization?.credentials_file).toBe(services["prometheus"]?.configs?.[0]?.target)
    expect(prometheus.rule_files.filter((file) => !existsSync(join(root, "deploy/prometheus", file)))).toEqual([])
    expect(filesOf({}).map((file) => basename(file))).toEqual(["compose.yml", "compose.observability.yml"])
  })

  it("shares a network with the server in development and in production", () => {
    const secrets = { DOMAIN: "chat.example.org", SECRET_KEY: "k", POSTGRES_PASSWORD: "p" }
    for (const { services } of [projectOf({}), projectOf(secrets)])
      expect(services["app"]?.networks).toContain(services["prometheus"]?.networks?.[0])
  })
})
