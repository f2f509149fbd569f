import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import * as Origin from "../../src/edge/Origin.ts"

const nothingElse: Origin.Accepted = { publicUrl: Option.none(), allowedOrigins: [] }
const atPublicUrl = { ...nothingElse, publicUrl: Option.some("https://chat.example.org") }
const claim = (page: string | undefined, host = "localhost:4000") => ({
  page,
  host,
  fetchSite: undefined,
  protocol: undefined
})
const mayAct = (page: string | undefined, host: string, accepted = nothingElse) =>
  Origin.mayAct(claim(page, host), accepted)

describe("a page may act here", () => {
  it("without a public address when it comes from the host itself, by localhost or an IP literal", () => {
    expect(mayAct("http://localhost:4000", "localhost:4000")).toBe(true)
    expect(mayAct("http://localhost:4000", "LocalHost:4000")).toBe(true)
    expect(mayAct("http://192.168.1.7:4000", "192.168.1.7:4000")).toBe(true)
    expect(mayAct("http://[::1]:4000", "[::1]:4000")).toBe(true)
    expect(mayAct("https://192.168.1.7", "192.168.1.7")).toBe(true)
  })

  it("not when it is another one, or a name that anybody could point here", () => {
    expect(mayAct("http://localhost:5000", "localhost:4000")).toBe(false)
    expect(mayAct("http://chat.example.org", "chat.example.org")).toBe(false)
    expect(mayAct("http://localhost.evil.example", "localhost.evil.example")).toBe(false)
    expect(mayAct("null", "localhost:4000")).toBe(false)
    expect(mayAct("file://localhost:4000", "localhost:4000")).toBe(false)
    expect(mayAct("http://localhost:4000/", "localhost:4000")).toBe(false)
    expect(mayAct("http://localhost:4000, http://localhost:4000", "localhost:4000")).toBe(false)
    expect(mayAct("", "localhost:4000")).toBe(false)
    expect(mayAct(undefined, "localhost:4000")).toBe(false)
  })

  it("at the public address alone, once that is set", () => {
    expect(mayAct("https://chat.example.org", "anything", atPublicUrl)).toBe(true)
    expect(mayAct("http://chat.example.org", "chat.example.org", atPublicUrl)).toBe(false)
    expect(mayAct("http://localhost:4000", "localhost:4000", atPublicUrl)).toBe(false)
  })

  it("under any name that a trusted proxy was asked for, with its protocol", () => {
    const proxied = { ...claim("https://chat.example.org", "chat.example.org"), protocol: "https" } as const
    expect(Origin.mayAct(proxied, nothingElse)).toBe(true)
    expect(Origin.mayAct({ ...proxied, host: "chat.example.org:443" }, nothingElse)).toBe(true)
    expect(Origin.mayAct({ ...proxied, protocol: "http" }, nothingElse)).toBe(false)
    expect(Origin.mayAct({ ...proxied, page: "https://evil.example" }, nothingElse)).toBe(false)
    expect(Origin.mayAct({ ...proxied, host: "a b" }, nothingElse)).toBe(false)
  })

  it("when it is allowed by name, and no page that is only like it", () => {
    const accepted = { ...atPublicUrl, allowedOrigins: ["https://app.example.org"] }
    expect(mayAct("https://app.example.org", "chat.example.org", accepted)).toBe(true)
    expect(mayAct("https://app.example.org:8443", "chat.example.org", accepted)).toBe(false)
    expect(mayAct("http://app.example.org", "chat.example.org", accepted)).toBe(false)
    expect(mayAct("https://sub.app.example.org", "chat.example.org", accepted)).toBe(false)
    expect(mayAct("null", "chat.example.org", accepted)).toBe(false)
  })

  it("or is refused with what an operator changes so that it may", () => {
    expect(Origin.refusal("https://evil.example", nothingElse)).toContain("PUBLIC_URL")
    expect(Origin.refusal("https://app.example.org", atPublicUrl)).toContain("ALLOWED_ORIGINS")
    expect(Origin.refusal("null", atPublicUrl)).not.toContain("ALLOWED_ORIGINS")
    expect([nothingElse, atPublicUrl].map(Origin.settingToChange)).toEqual(["PUBLIC_URL", "ALLOWED_ORIGINS"])
  })

  it("only if its browser does not say that it stands elsewhere", () => {
    const own = claim("http://localhost:4000")
    const verdict = (fetchSite: string, page: string | undefined = own.page) =>
      Origin.mayAct({ ...own, page, fetchSite }, nothingElse)
    expect(["same-origin", "none"].map((site) => verdict(site))).toEqual([true, true])
    expect(["cross-site", "same-site"].map((site) => verdict(site))).toEqual([false, false])
    const allowed = { ...nothingElse, allowedOrigins: ["https://app.example.org"] }
    expect(Origin.mayAct({ ...own, page: "https://app.example.org", fetchSite: "cross-site" }, allowed)).toBe(true)
  })

  it("without saying which one it is only if its browser vouches for it", () => {
    const verdict = (fetchSite: string) => Origin.mayAct({ ...claim(undefined), fetchSite }, nothingElse)
    expect(verdict("same-origin")).toBe(true)
    expect(["none", "same-site", "cross-site", "Same-Origin"].map(verdict)).toEqual([false, false, false, false])
    expect(Origin.mayAct({ ...claim("null"), fetchSite: "same-origin" }, nothingElse)).toBe(false)
  })
})
