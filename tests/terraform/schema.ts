// Arguments, blocks and attributes, held against what the provider has.
import { Schema } from "effect"
import { asBody, blocks, isBody, isList, type Body, type Referring } from "./Configuration.ts"

/** What a block takes: of each argument whether it must be there, of each block the same; `""` says it of the block itself. */
export interface Arguments {
  readonly [name: string]: "required" | "optional" | Arguments
}

const Arguments: Schema.Codec<Arguments> = Schema.Record(
  Schema.String,
  Schema.Union([Schema.Literals(["required", "optional"]), Schema.suspend((): Schema.Codec<Arguments> => Arguments)])
)

/** What `provider-schema.json` has. */
export const Provider = Schema.Struct({
  provider: Schema.String,
  types: Schema.Record(Schema.String, Schema.Struct({ arguments: Arguments, attributes: Schema.Array(Schema.String) }))
})

type Types = (typeof Provider.Type)["types"]

/** What the provider would refuse, as sentences; types that are not its own are left out. */
export const schemaFaultsOf = (
  declarations: ReadonlyArray<Referring>,
  types: Types,
  prefix: string
): ReadonlyArray<string> => [
  ...declarations
    .filter(({ kind, type }) => (kind === "resource" || kind === "data") && type.startsWith(prefix))
    .flatMap(({ kind, type, address, body }) => {
      const known = types[kind === "data" ? `data.${type}` : type]
      return known === undefined
        ? [`${address} is of a type that is not known`]
        : bodyFaults(address, asBody(body), known.arguments)
    }),
  ...declarations.flatMap(({ address, uses }) =>
    uses.flatMap((use) => {
      const parts = use.address.split(".")
      const known = types[parts[0] === "data" ? `data.${parts[1]}` : (parts[0] ?? "")]
      if (known === undefined || use.attribute === undefined || known.attributes.includes(use.attribute)) return []
      return [`${address} takes ${use.attribute} of ${use.address}, which has none`]
    })
  )
]

const ofTerraform = new Set(["count", "for_each", "depends_on", "lifecycle", "provider", "dynamic"])

const bodyFaults = (where: string, body: Body, known: Arguments): ReadonlyArray<string> => {
  const dynamic = body["dynamic"] === undefined ? {} : asBody(body["dynamic"])
  const missing = Object.entries(known)
    .filter(([name, need]) => (need === "required" || (isNested(need) && need[""] === "required")) && name !== "")
    .filter(([name]) => !(name in body) && !(name in dynamic))
    .map(([name]) => `${where} needs ${name}`)
  const wrong = Object.entries(body)
    .filter(([name]) => !ofTerraform.has(name))
    .flatMap(([name, value]) => {
      const need = known[name]
      if (need === undefined || name === "") return [`${where} has no ${name}`]
      if (!isNested(need)) return isBlocks(value) ? [`${where}.${name} is no block`] : []
      if (!isBlocks(value)) return [`${where}.${name} is a block`]
      return blocks(body, name).flatMap((block) => bodyFaults(`${where}.${name}`, block, need))
    })
  const made = Object.entries(dynamic).flatMap(([name, value]) => {
    const need = known[name]
    if (need === undefined || !isNested(need)) return [`${where} has no block ${name}`]
    const contents = (isList(value) ? value : []).flatMap((each) => blocks(asBody(each), "content"))
    return contents.flatMap((content) => bodyFaults(`${where}.${name}`, content, need))
  })
  return [...missing, ...wrong, ...made]
}

const isNested = (need: "required" | "optional" | Arguments): need is Arguments => typeof need === "object"

const isBlocks = (value: unknown): boolean => isList(value) && value.length > 0 && value.every(isBody)
