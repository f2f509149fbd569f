import { describe, expect, it } from "@effect/vitest"
import { Option, Redacted } from "effect"
import { baseOf, isOnlyHere, type Place } from "../src/Links.ts"
import type { Machine } from "../src/Machine.ts"
import { welcome } from "../src/Welcome.ts"

const machine: Machine = { addresses: ["192.0.2.2", "192.0.2.3"], isContainer: false }
const token = Option.some(Redacted.make("token"))

const place = (host: string, publicUrl?: string): Place => ({
  host,
  port: 4000,
  publicUrl: Option.fromUndefinedOr(publicUrl)
})

const said = (host: string, options: { readonly publicUrl?: string; readonly machine?: Machine } = {}) =>
  welcome(place(host, options.publicUrl), options.machine ?? machine, token).split("\n")

describe("the welcome", () => {
  it.each(["127.0.0.1", "::1"])("on %s, gives this machine's link and says that it is for this machine", (host) => {
    const lines = said(host)
    expect(lines[0]).toBe("Messenger runs at http://localhost:4000")
    expect(lines[1]).toContain("Only this machine can reach it")
    expect(lines.at(-1)).toBe("http://localhost:4000/claim#token")
  })

  it.each(["0.0.0.0", "::"])("on %s, gives a link that others can open, to the first address that it names", (host) => {
    const lines = said(host)
    expect(lines.slice(0, 3)).toEqual([
      "Messenger runs at http://localhost:4000",
      "Others on your network go to http://192.0.2.2:4000",
      "Others on your network go to http://192.0.2.3:4000"
    ])
    expect(lines.at(-1)).toBe("http://192.0.2.2:4000/claim#token")
    expect(lines.join()).not.toContain("container")
  })

  it("names the one interface that it listens on, and no localhost that would not answer", () => {
    for (const [host, address] of [
      ["192.0.2.3", "http://192.0.2.3:4000"],
      ["2001:db8::7", "http://[2001:db8::7]:4000"]
    ] as const) {
      const lines = said(host)
      expect(lines[0]).toBe(`Messenger runs at ${address}`)
      expect(lines.at(-1)).toBe(`${address}/claim#token`)
      expect(lines.join()).not.toContain("localhost")
    }
  })

  it("gives the public address where there is one", () => {
    const lines = said("0.0.0.0", { publicUrl: "https://chat.example.org" })
    expect(lines[0]).toBe("Messenger runs at https://chat.example.org (listening on http://0.0.0.0:4000).")
    expect(lines.at(-1)).toBe("https://chat.example.org/claim#token")
    expect(lines.join()).not.toContain("192.0.2.2")
  })

  it("in a container, says that its addresses are not those from outside", () => {
    const lines = said("0.0.0.0", { machine: { addresses: ["172.17.0.2"], isContainer: true } })
    expect(lines.join("\n")).toContain("This is a container: from outside, take the port that you published")
    expect(lines.at(-1)).toBe("http://localhost:4000/claim#token")
  })

  it("on a machine without a network, keeps to the machine", () => {
    expect(said("0.0.0.0", { machine: { addresses: [], isContainer: false } }).at(-1)).toBe(
      "http://localhost:4000/claim#token"
    )
  })
})

it("knows which links this machine alone can open", () => {
  const bases = ["localhost", "127.0.0.1", "::1", "0.0.0.0"].map((host) => baseOf(place(host), machine))
  expect(bases.map(isOnlyHere)).toEqual([true, true, true, false])
  for (const base of ["http://127.0.0.1:4000", "http://[::1]:4000"]) expect(isOnlyHere(base)).toBe(true)
  expect(isOnlyHere("https://chat.example.org")).toBe(false)
})
