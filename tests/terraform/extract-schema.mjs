// Writes provider-schema.json: what the AWS provider takes and answers for the resources that terraform/ uses. It is read from the
// bindings that CDK for Terraform generates from the provider's own schema, since a test has no registry of providers:
//
//   npm pack @cdktf/provider-aws@21.22.1 && tar xzf cdktf-provider-aws-21.22.1.tgz
//   node tests/terraform/extract-schema.mjs package/lib
//
// Needed when a resource of a new type comes in, or the pin of the provider goes up.
import { globSync, readFileSync, writeFileSync } from "node:fs"

const [library] = process.argv.slice(2)
if (library === undefined) throw new Error("Usage: node tests/terraform/extract-schema.mjs FOLDER")

/** What stands between the first brace at or after `from` and the one that closes it. */
const braced = (text, from) => {
  const start = text.indexOf("{", from)
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if (text[index] === "{") depth++
    if (text[index] === "}" && --depth === 0) return text.slice(start + 1, index)
  }
  throw new Error("unbalanced")
}

/** The `name: { … }` of an object, without those within. */
const entries = (body) => {
  const found = []
  let end = 0
  for (const { 1: name, index } of body.matchAll(/^\s*([a-z_0-9]+): \{$/gm)) {
    if (index < end) continue
    const inner = braced(body, index)
    end = index + inner.length
    found.push([name, inner])
  }
  return found
}

const bare = (name) => name.replaceAll("_", "").toLowerCase()

const requiredOf = (types, name) => {
  const body = braced(types, types.search(new RegExp(`interface ${name}\\b`, "i")))
  return new Set([...body.matchAll(/readonly ([A-Za-z0-9]+): /g)].map(([, property]) => property.toLowerCase()))
}

/** An argument is "required" or "optional"; a block is an object of its arguments, with "required" under "" where it must be. */
const argumentsOf = (code, types, body, interfaceName) => {
  const required = requiredOf(types, interfaceName)
  return Object.fromEntries(
    entries(body).map(([name, inner]) => {
      const need = required.has(bare(name)) ? "required" : "optional"
      if (!inner.includes("isBlock: true")) return [name, need]
      const [, block] = /([A-Za-z0-9]+)ToHclTerraform/.exec(inner.replaceAll(/cdktf\.\w+/g, ""))
      const at = code.indexOf(`function ${block}ToHclTerraform(struct`)
      const nested = argumentsOf(code, types, braced(code, code.indexOf("const attrs =", at)), block)
      return [name, need === "required" ? { "": need, ...nested } : nested]
    })
  )
}

const used = globSync("terraform/*.tf")
  .map((file) => readFileSync(file, "utf8"))
  .flatMap((text) => Array.from(text.matchAll(/^(resource|data) "(aws_[a-z0-9_]+)"/gm)))
  .map(([, kind, type]) => (kind === "data" ? `data.${type}` : type))

const schemaOf = (type) => {
  const folder = type
    .replace(/^data\./, "data_")
    .replace(/^aws_/, "")
    .replaceAll("_", "-")
  const code = readFileSync(`${library}/${folder}/index.js`, "utf8")
  const types = readFileSync(`${library}/${folder}/index.d.ts`, "utf8")
  const [head, name] = /export declare class (\w+) extends cdktf\.Terraform(?:Resource|DataSource)/.exec(types)
  const attributes = [...braced(types, types.indexOf(head)).matchAll(/^    get ([A-Za-z0-9]+)\(\)/gm)]
    .map(([, getter]) => getter)
    .filter((getter) => !getter.endsWith("Input"))
    .map((getter) => getter.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  const body = braced(code, code.indexOf("const attrs =", code.indexOf("synthesizeHclAttributes()")))
  return { arguments: argumentsOf(code, types, body, `${name}Config`), attributes }
}

const [, provider] = /providerVersion: '([^']+)'/.exec(readFileSync(`${library}/vpc/index.js`, "utf8"))
const types = Object.fromEntries(
  [...new Set(used)].toSorted((one, other) => (one < other ? -1 : 1)).map((type) => [type, schemaOf(type)])
)
const lines = Object.entries(types).map(([type, schema]) => `    ${JSON.stringify(type)}: ${JSON.stringify(schema)}`)
writeFileSync(
  "tests/terraform/provider-schema.json",
  `{\n  "provider": "hashicorp/aws ${provider}",\n  "types": {\n${lines.join(",\n")}\n  }\n}\n`
)
console.log(`${lines.length} types of hashicorp/aws ${provider}`)
