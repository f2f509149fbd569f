import { format } from "@cdktf/hcl-tools"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { readAll } from "./Configuration.ts"
import { faultsOf } from "./faults.ts"
import { filesOf } from "./files.ts"

const folder = resolve(import.meta.dirname, "../../terraform")
const files = filesOf(folder)
const declarations = await readAll(files)

describe("the configuration for AWS", () => {
  it.each(Object.entries(files))("is in canonical format: %s", async (_, text) => {
    expect(await format(text)).toBe(text)
  })

  it("refers to nothing that is not there, takes of each as many as there are, and has nothing that is not used", () => {
    expect(faultsOf(declarations)).toEqual([])
  })

  it("describes every variable and every output, and bounds what is not free text", () => {
    const undescribed = declarations
      .filter(({ kind }) => kind === "variable" || kind === "output")
      .filter(({ body }) => !JSON.stringify(body).includes('"description":"'))
    expect(undescribed).toEqual([])
    const unbounded = declarations
      .filter(({ kind, body }) => kind === "variable" && !JSON.stringify(body).includes('"validation":'))
      .map(({ address }) => address)
    expect(unbounded).toEqual(["var.db_snapshot_identifier"])
  })

  it("names in its README only variables and outputs that there are", () => {
    const known = new Set(declarations.map(({ address }) => address))
    const text = readFileSync(join(folder, "README.md"), "utf8")
    const named = [
      ...[...text.matchAll(/-var[= ]"?'?(\w+)=/g)].map(([, name]) => `var.${name}`),
      ...[...text.matchAll(/terraform output (?:-raw |-json )?(\w+)/g)].map(([, name]) => `output.${name}`)
    ]
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((address) => !known.has(address))).toEqual([])
  })

  it("is never planned in its README without the file of the environment, but for a first look", () => {
    const text = readFileSync(join(folder, "README.md"), "utf8")
    const planned = [...text.matchAll(/terraform (?:plan|apply|destroy) (-[^`\n]*)/g)].map(
      ([, options = ""]) => options
    )
    expect(planned.length).toBeGreaterThan(5)
    const without = planned.filter((options) => !/^-var-file=(dev|staging|prod)\.tfvars\b/.test(options))
    expect(without).toEqual(['-var="environment=prod"'])
  })
})
