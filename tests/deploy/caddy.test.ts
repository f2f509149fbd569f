import { describe, expect, it } from "vitest"
import { settings } from "../../apps/server/src/config/settings.ts"
import { fileOf } from "./files.ts"

const lines = fileOf("deploy/caddy/Caddyfile").replace(/\n$/, "").split("\n")

/** Each directive, with the blocks that it stands in: what Caddy reads, without comments. */
const directives = (): ReadonlyArray<string> => {
  const within: Array<string> = []
  return lines.flatMap((line) => {
    const text = line.trim()
    if (text === "}") within.pop()
    if (text === "" || text === "}" || text.startsWith("#")) return []
    const found = [...within, text.replace(/ ?\{$/, "")].join(" > ")
    if (text.endsWith("{")) within.push(text.replace(/ ?\{$/, ""))
    return [found]
  })
}

describe("the site of Caddy", () => {
  it("is formatted as Caddy does it, and closes what it opens", () => {
    let depth = 0
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "}") depth--
      expect(depth, `line ${index + 1}`).toBeGreaterThanOrEqual(0)
      expect(line, `line ${index + 1}`).toMatch(new RegExp(`^(\\t{${depth}}\\S(.*\\S)?)?$`))
      if (/(^| )\{$/.test(line)) depth++
    }
    expect(depth).toBe(0)
  })

  it("hands everything of the domain to the server, at once, and waits for one that is being replaced", () => {
    const site = "{$DOMAIN}"
    const proxy = `reverse_proxy {$UPSTREAM:${settings.host.fallback}:${settings.port.fallback}}`
    expect(directives().filter((directive) => directive.startsWith(site))).toEqual([
      site,
      `${site} > ${proxy}`,
      `${site} > ${proxy} > flush_interval -1`,
      `${site} > ${proxy} > lb_try_duration 10s`
    ])
  })

  it("writes no address down when a request fails, since that of a webhook is a secret", () => {
    expect(directives().filter((directive) => !directive.startsWith("{$DOMAIN}"))).toEqual([
      "",
      " > log",
      " > log > format filter",
      " > log > format filter > wrap json",
      " > log > format filter > fields",
      " > log > format filter > fields > request>uri delete"
    ])
  })
})
