import { describe, expect, it } from "vitest"
import { settings } from "../../apps/server/src/config/settings.ts"
import { keepAliveMillis } from "../../apps/server/src/HttpListener.ts"
import { nginxOf } from "./files.ts"

const file = nginxOf("deploy/nginx/messenger.conf")
const named = (name: string, within = file) => within.filter((directive) => directive.name === name)
const [plain, secure] = named("server")
const locations = named("location", secure?.block)
const wordsOf = (name: string, within = secure?.block) => named(name, within).map(({ words }) => words)
const headers = new Map(wordsOf("proxy_set_header").map(([header, value]) => [header, value]))

describe("the site of nginx", () => {
  it("hands everything to the port that the server listens on by itself", () => {
    expect(locations.map(({ words }) => words.join(" "))).toEqual(["~* /hooks/", "/"])
    for (const { block } of locations) {
      expect(wordsOf("proxy_pass", block)).toEqual([["http://messenger"]])
      // One of its own would take the place of all that the server says about requests.
      expect(block.filter(({ name }) => name.startsWith("proxy_")).map(({ name }) => name)).toEqual(["proxy_pass"])
    }
    expect(wordsOf("server", named("upstream")[0]?.block)).toEqual([
      [`${settings.host.fallback}:${settings.port.fallback}`]
    ])
  })

  it("passes WebSockets on", () => {
    expect(wordsOf("proxy_http_version")).toEqual([["1.1"]])
    expect(headers.get("Upgrade")).toBe("$http_upgrade")
    expect(headers.get("Connection")).toBe("$messenger_connection")
    expect(named("map")).toMatchObject([
      {
        words: ["$http_upgrade", "$messenger_connection"],
        block: [
          { name: "default", words: ["upgrade"] },
          { name: "", words: [""] }
        ]
      }
    ])
  })

  it("says who asks and how, whatever the client says of itself", () => {
    expect(Object.fromEntries(headers)).toMatchObject({
      Host: "$host",
      "X-Forwarded-For": "$proxy_add_x_forwarded_for",
      "X-Forwarded-Proto": "$scheme",
      "X-Forwarded-Host": "$host",
      Forwarded: ""
    })
  })

  it("waits for longer than the server is silent, and keeps nothing back", () => {
    for (const name of ["proxy_read_timeout", "proxy_send_timeout"]) {
      expect(Number.parseInt(wordsOf(name)[0]?.[0] ?? "", 10)).toBeGreaterThanOrEqual(30)
    }
    expect(wordsOf("proxy_buffering")).toEqual([["off"]])
    const kept = wordsOf("keepalive_timeout", named("upstream")[0]?.block)[0]?.[0] ?? ""
    expect(Number.parseInt(kept, 10) * 1_000).toBeLessThan(keepAliveMillis(true))
  })

  it("writes no address of a webhook down: no request at all, and no error where one may be", () => {
    for (const server of [plain, secure]) expect(wordsOf("access_log", server?.block)).toEqual([["off"]])
    expect(wordsOf("error_log", plain?.block)).toEqual([["/dev/null"]])
    expect(wordsOf("error_log", locations[0]?.block)).toEqual([["/dev/null"]])
    const everything = file.flatMap(({ block }) => block.flatMap((directive) => [directive, ...directive.block]))
    expect(wordsOf("access_log", everything)).toEqual([["off"], ["off"]])
  })

  it("speaks no TLS that is not safe any more", () => {
    expect(wordsOf("ssl_protocols")).toEqual([["TLSv1.2", "TLSv1.3"]])
  })

  it("speaks TLS and HTTP/2 for the name of the documents, and sends plain HTTP there", () => {
    for (const server of [plain, secure]) expect(wordsOf("server_name", server?.block)).toEqual([["chat.example.org"]])
    expect(wordsOf("listen", secure?.block)).toEqual([
      ["443", "ssl", "http2"],
      ["[::]:443", "ssl", "http2"]
    ])
    const redirect = named("location", plain?.block).find(({ words }) => words[0] === "/")
    expect(redirect?.block).toMatchObject([{ name: "return", words: ["301", "https://$host$request_uri"] }])
  })
})
