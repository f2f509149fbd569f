import { settingNames } from "../../apps/server/src/ServerConfig.ts"
import { DCLinter } from "dclint"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { filesOf, nameOf, type Project, projectOf, root, type Service, startedOf, VariableMissing } from "./Compose.ts"

const secrets = { SECRET_KEY: "k".repeat(32), POSTGRES_PASSWORD: "p" }
const domain = { DOMAIN: "chat.example.org" }
const development = projectOf({})
const production = projectOf({ ...domain, ...secrets })
const stacks: ReadonlyArray<[string, Project]> = [
  ["development", development],
  ["production", production]
]

const environmentOf = ({ environment = {} }: Service): Readonly<Record<string, string | null>> => environment

const serviceOf = ({ services }: Project, name: string): Service => {
  const service = services[name]
  if (service === undefined) throw new Error(`There is no service ${name}.`)
  return service
}

const each = (project: Project): ReadonlyArray<[string, Service]> => Object.entries(project.services)

describe("what starts", () => {
  it("without a profile it is the server that reloads, and its database", () => {
    expect(Object.keys(startedOf(development))).toEqual(["app", "database"])
    expect(serviceOf(development, "app").build?.target).toBe("development")
  })

  it("with a domain and the profile prod it is the image, its database and Caddy, and nothing of development", () => {
    const started = startedOf(production, "prod")
    expect(Object.keys(started)).toEqual(["app", "database", "caddy"])
    expect(serviceOf(production, "app").build?.target).toBe("runtime")
    expect(serviceOf(production, "app").volumes).toEqual(["data:/data"])
  })

  it("where a domain is set nothing starts without the profile", () => {
    expect(startedOf(production)).toEqual({})
  })

  it("each stack is a project of its own, so that a command without the domain touches nothing of production", () => {
    expect([nameOf({}), nameOf(domain)]).toEqual(["messenger", "messenger-production"])
  })

  it("with the profile prod and no domain the server waits for one that fails and says what to set", () => {
    const { depends_on } = serviceOf(development, "app")
    expect(Object.keys(startedOf(development, "prod"))).toContain("domain")
    expect(depends_on?.["domain"]).toEqual({ condition: "service_completed_successfully", required: false })
  })

  it.each(stacks)("the profile observability adds Prometheus and Grafana to %s", (_, project) => {
    const without = Object.keys(startedOf(project, "prod"))
    expect(Object.keys(startedOf(project, "prod", "observability"))).toEqual([...without, "prometheus", "grafana"])
  })
})

describe("variables", () => {
  it.each(["SECRET_KEY", "POSTGRES_PASSWORD"])("production without %s is refused with what to do", (name) => {
    const missing = () => projectOf({ ...domain, ...secrets, [name]: "" })
    expect(missing).toThrow(VariableMissing)
    expect(missing).toThrow(new RegExp(`Put ${name}=.* into the file \\.env.*openssl rand`))
  })

  it.each(stacks)("every setting of the server can be given to it, and nothing else, in %s", (_, project) => {
    // The image says where it listens and where its volume is.
    const own = new Set(["PORT", "HOST", "DATA_DIR"])
    const given = Object.keys(environmentOf(serviceOf(project, "app"))).filter((name) => !name.startsWith("__VITE_"))
    expect(given.toSorted()).toEqual(settingNames.filter((name) => !own.has(name)).toSorted())
  })

  it("the address that people use follows the port or the domain", () => {
    expect(environmentOf(serviceOf(projectOf({ PORT: "8080" }), "app"))["PUBLIC_URL"]).toBe("http://localhost:8080")
    expect(serviceOf(projectOf({ PORT: "8080" }), "app").ports).toEqual(["127.0.0.1:8080:4000"])
    expect(environmentOf(serviceOf(production, "app"))["PUBLIC_URL"]).toBe("https://chat.example.org")
  })

  it("the network whose word is trusted is the one that Caddy comes from", () => {
    expect(environmentOf(serviceOf(production, "app"))["TRUSTED_PROXIES"]).toBe("172.30.99.0/24")
    expect(production.networks["front"]).toEqual({ ipam: { config: [{ subnet: "172.30.99.0/24" }] } })
    const project = projectOf({ ...domain, ...secrets, FRONT_NETWORK: "10.9.8.0/24" })
    expect(environmentOf(serviceOf(project, "app"))["TRUSTED_PROXIES"]).toBe("10.9.8.0/24")
    expect(project.networks["front"]).toEqual({ ipam: { config: [{ subnet: "10.9.8.0/24" }] } })
    expect(serviceOf(project, "caddy").networks).toEqual(["front"])
  })

  it("the server, its database and Prometheus know the same secrets", () => {
    const project = projectOf({ POSTGRES_PASSWORD: "p", METRICS_TOKEN: "m" })
    expect(environmentOf(serviceOf(project, "app"))["DATABASE_PASSWORD"]).toBe("p")
    expect(environmentOf(serviceOf(project, "database"))["POSTGRES_PASSWORD"]).toBe("p")
    expect(environmentOf(serviceOf(project, "app"))["METRICS_TOKEN"]).toBe("m")
    expect(project.configs["metrics-token"]).toEqual({ content: "m" })
    expect(environmentOf(serviceOf(development, "app"))["METRICS_TOKEN"]).toBe(
      development.configs["metrics-token"]?.["content"]
    )
  })
})

describe("production", () => {
  it("only Caddy can be reached from elsewhere", () => {
    const reachable = each(production).filter(([, { ports = [] }]) =>
      ports.some((port) => !port.startsWith("127.0.0.1"))
    )
    expect(reachable.map(([name]) => name)).toEqual(["caddy"])
  })

  it("the database is in a network that leads nowhere", () => {
    expect(serviceOf(production, "database").networks).toEqual(["back"])
    expect(production.networks["back"]).toEqual({ internal: true })
  })

  it.each(Object.entries(startedOf(production, "prod")))("%s runs with as little as it needs", (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] })
  })

  it("nothing is granted but what its start takes: the database its user, Caddy its ports", () => {
    const granted = each(production).flatMap(([name, { cap_add, privileged }]) =>
      cap_add === undefined && privileged === undefined ? [] : [[name, cap_add, privileged]]
    )
    expect(granted).toEqual([
      ["database", ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"], undefined],
      ["caddy", ["NET_BIND_SERVICE"], undefined]
    ])
  })

  it("Caddy hands people to the server, at the port that the image listens on", () => {
    const port = containerPortOf(readFileSync(join(root, "Dockerfile"), "utf8"))
    expect(environmentOf(serviceOf(production, "caddy"))).toEqual({
      DOMAIN: "chat.example.org",
      UPSTREAM: `app:${port}`
    })
    expect(serviceOf(production, "app").networks).toContain("front")
    expect(serviceOf(production, "caddy").volumes).toEqual([
      "./deploy/caddy/Caddyfile:/etc/caddy/Caddyfile:ro",
      "caddy:/data"
    ])
  })

  it("logs do not fill the disk, those of Prometheus and Grafana neither", () => {
    const endless = each(production).filter(([, { logging }]) => logging?.options["max-size"] !== "20m")
    expect(endless.map(([name]) => name)).toEqual([])
  })

  it("a server that drains for longer is given the time", () => {
    const project = projectOf({ ...domain, ...secrets, DRAIN_SECONDS: "120", STOP_SECONDS: "165" })
    expect(serviceOf(project, "app").stop_grace_period).toBe("165s")
  })

  it.each(Object.entries(startedOf(production, "prod")))("%s has 60 seconds to stop", (_, { stop_grace_period }) => {
    expect(stop_grace_period).toBe("60s")
  })
})

describe.each(stacks)("the files of %s", (_, project) => {
  it("have names by which their images are found when there are newer ones", () => {
    const ours = filesOf(project === production ? domain : {})
    // What Dependabot looks for in a folder.
    expect(ours.filter((file) => !/^deploy\/compose\/(docker-)?compose(\.[\w-]+)?\.ya?ml$/.test(file))).toEqual([])
  })

  it("pass the schema of Compose", () => {
    const files = ["docker-compose.yml", ...filesOf(project === production ? domain : {})]
    const linter = new DCLinter({ rules: silent, quiet: true, debug: false, exclude: [] })
    const results: ReadonlyArray<Linted> = linter.lintFiles(
      files.map((file) => join(root, file)),
      false
    )
    expect(results).toHaveLength(files.length)
    expect(
      results.flatMap(({ filePath, messages }) => messages.map(({ message }) => `${filePath}: ${message}`))
    ).toEqual([])
  })

  it("declare every volume, network and config that a service uses, and no other", () => {
    const services = Object.values(project.services)
    const volumes = services.flatMap(({ volumes = [] }) => volumes).filter((volume) => !volume.startsWith("."))
    const used = [
      ...volumes.map((volume) => `volume ${volume.split(":")[0]}`),
      ...services.flatMap(({ networks = [] }) => networks).map((network) => `network ${network}`),
      ...services.flatMap(({ configs = [] }) => configs).map(({ source }) => `config ${source}`)
    ]
    const declared = [
      ...Object.keys(project.volumes).map((name) => `volume ${name}`),
      ...Object.keys(project.networks).map((name) => `network ${name}`),
      ...Object.keys(project.configs).map((name) => `config ${name}`)
    ]
    expect([...new Set(used)].toSorted()).toEqual(declared.toSorted())
  })

  // From 18 on its image keeps them in a folder of the version below this one; a volume elsewhere is forgotten with the container.
  it("keep the files of PostgreSQL 18 where its image writes them", () => {
    const { image, volumes = [] } = serviceOf(project, "database")
    expect(image).toMatch(/^postgres:18\./)
    expect(volumes.map((volume) => volume.split(":")[1])).toEqual(["/var/lib/postgresql"])
  })

  it("mount what there is", () => {
    const mounted = each(project).flatMap(([, { volumes = [] }]) => volumes.filter((volume) => volume.startsWith("./")))
    expect(mounted.filter((volume) => !existsSync(join(root, volume.split(":")[0] ?? "")))).toEqual([])
  })

  it("wait for services that there are, healthy where they can say so", () => {
    const waits = each(project).flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([on, { condition }]) => ({ name, on, condition }))
    )
    const unsound = waits.filter(({ on, condition }) => {
      const service = project.services[on]
      if (service === undefined) return true
      // The image of the server brings its own check.
      return condition === "service_healthy" && service.healthcheck === undefined && service.build?.target !== "runtime"
    })
    expect(unsound).toEqual([])
  })

  it("name a version of every image that is not ours", () => {
    const images = each(project).flatMap(([, { image, build }]) => (build === undefined ? [image ?? ""] : []))
    expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?$/.test(image))).toEqual([])
  })
})

const containerPortOf = (dockerfile: string): string | undefined => /^EXPOSE (\d+)$/m.exec(dockerfile)?.[1]

/** What the linter says of one file. */
interface Linted {
  readonly filePath: string
  readonly messages: ReadonlyArray<{ readonly message: string }>
}

// What is a matter of taste, or said by a test of here.
const silent = {
  "no-build-and-image": 0,
  "no-unbound-port-interfaces": 0,
  "require-project-name-field": 0,
  "require-quotes-in-ports": 0,
  "service-dependencies-alphabetical-order": 0,
  "service-image-require-explicit-tag": 0,
  "service-keys-order": 0,
  "service-ports-alphabetical-order": 0,
  "services-alphabetical-order": 0,
  "top-level-properties-order": 0
} as const
