// What Compose makes of our files: variables put in, included files merged, services of the profiles chosen. Only what ours use of it.
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parse } from "yaml"

/** The folder of the project. */
export const root = resolve(import.meta.dirname, "../..")

const strings = Schema.Array(Schema.String)
const optional = Schema.optionalKey

const Dependency = Schema.Struct({ condition: Schema.String, required: optional(Schema.Boolean) })

/** What the tests look at of a service. */
const Service = Schema.Struct({
  profiles: optional(strings),
  image: optional(Schema.String),
  build: optional(Schema.Struct({ context: Schema.String, target: Schema.String })),
  environment: optional(Schema.Record(Schema.String, Schema.NullOr(Schema.String))),
  ports: optional(strings),
  volumes: optional(strings),
  configs: optional(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String }))),
  networks: optional(strings),
  healthcheck: optional(Schema.Struct({ test: strings })),
  depends_on: optional(Schema.Record(Schema.String, Dependency)),
  stop_grace_period: optional(Schema.String),
  read_only: optional(Schema.Boolean),
  cap_drop: optional(strings),
  cap_add: optional(strings),
  privileged: optional(Schema.Boolean),
  logging: optional(Schema.Struct({ driver: Schema.String, options: Schema.Record(Schema.String, Schema.String) })),
  security_opt: optional(strings)
})

/** A service, as far as it is looked at. */
export type Service = typeof Service.Type

const declared = Schema.Record(Schema.String, Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)))

const File = Schema.Struct({
  services: optional(Schema.Record(Schema.String, Service)),
  volumes: optional(declared),
  networks: optional(declared),
  configs: optional(declared)
})

const Entry = Schema.Struct({
  name: Schema.String,
  include: Schema.Tuple([Schema.Struct({ path: strings, project_directory: Schema.Literal(".") })])
})

/** A project as Compose would see it. */
export type Project = Required<typeof File.Type>

/** A variable that must be set is not; the message is what the file says about it. */
export class VariableMissing extends Error {}

/** The value of `${NAME}`, `${NAME:-else}`, `${NAME:+if set}` and `${NAME:?what to do}`; the words may hold further ones. */
export const interpolated = (text: string, environment: Readonly<Record<string, string>>): string => {
  const start = text.indexOf("${")
  if (start < 0) return text
  const end = closingOf(text, start)
  const [, name = "", operator = "", word = ""] = /^(\w+)(?::([-+?]))?([\s\S]*)$/.exec(text.slice(start + 2, end)) ?? []
  const value = environment[name] ?? ""
  const put = (): string => {
    if (operator === "+") return value === "" ? "" : interpolated(word, environment)
    if (value !== "") return value
    if (operator === "?") throw new VariableMissing(`${name}: ${word}`)
    return interpolated(word, environment)
  }
  return text.slice(0, start) + put() + interpolated(text.slice(end + 1), environment)
}

const closingOf = (text: string, start: number): number => {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if (text.startsWith("${", index)) depth++
    else if (text[index] === "}" && --depth === 0) return index
  }
  throw new Error(`A brace is not closed: ${text}`)
}

const interpolatedIn = (value: unknown, environment: Readonly<Record<string, string>>): unknown => {
  if (typeof value === "string") return interpolated(value, environment)
  if (Array.isArray(value)) return value.map((item: unknown) => interpolatedIn(item, environment))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, interpolatedIn(item, environment)]))
}

const entryOf = (environment: Readonly<Record<string, string>>) =>
  Schema.decodeUnknownSync(Entry)(read("docker-compose.yml", environment))

/** The included files, relative to the project. */
export const filesOf = (environment: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  entryOf(environment).include[0].path

/** What Compose names containers and volumes after. */
export const nameOf = (environment: Readonly<Record<string, string>>): string => entryOf(environment).name

/** The whole project; throws `VariableMissing` as Compose would refuse. */
export const projectOf = (environment: Readonly<Record<string, string>>): Project => {
  const files = filesOf(environment).map((file) => Schema.decodeUnknownSync(File)(read(file, environment)))
  return {
    services: Object.assign({}, ...files.map(({ services }) => services)),
    volumes: Object.assign({}, ...files.map(({ volumes }) => volumes)),
    networks: Object.assign({}, ...files.map(({ networks }) => networks)),
    configs: Object.assign({}, ...files.map(({ configs }) => configs))
  }
}

const read = (file: string, environment: Readonly<Record<string, string>>): unknown => {
  const content: unknown = parse(readFileSync(join(root, file), "utf8"))
  return interpolatedIn(content, environment)
}

/** The services that start with these profiles: theirs, and those without one. */
export const startedOf = ({ services }: Project, ...profiles: ReadonlyArray<string>): Record<string, Service> =>
  Object.fromEntries(
    Object.entries(services).filter(
      ([, service]) => service.profiles === undefined || service.profiles.some((profile) => profiles.includes(profile))
    )
  )
