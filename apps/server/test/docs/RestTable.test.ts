import { openApiText } from "@messenger/protocol/rest/OpenApiDocument"
import { restPath } from "@messenger/protocol/rest/RestApi"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const document = readFileSync(new URL("../../../../docs/api.md", import.meta.url), "utf8")

const paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(openApiText()).paths

/** What the first cell of each row of the table of REST names, as `GET /rooms`. */
const named = [...document.matchAll(/^\| (`(?:GET|POST|PUT|PATCH|DELETE).*?) \|/gm)].flatMap(([, cell = ""]) =>
  cell.split("; ").flatMap((part) => {
    const methods = part.match(/\b(?:GET|POST|PUT|PATCH|DELETE)\b/g) ?? []
    const addresses = part.match(/\/[a-z][a-z/:…-]*/g) ?? []
    return addresses.flatMap((address) => methods.map((method) => ({ method, address })))
  })
)

const isDescribed = ({ method, address }: { readonly method: string; readonly address: string }): boolean =>
  Object.entries(paths).some(([path, operations]) => {
    const plain = path.replaceAll(/\{(\w+)\}/g, ":$1")
    const wanted = `${restPath}${address}`
    const isIt = wanted.endsWith("…") ? plain.startsWith(wanted.slice(0, -1)) : plain === wanted
    return isIt && method.toLowerCase() in operations
  })

describe("the table of REST in docs/api.md", () => {
  it("names nothing that the OpenAPI document does not describe", () => {
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((each) => !isDescribed(each))).toEqual([])
  })
})
