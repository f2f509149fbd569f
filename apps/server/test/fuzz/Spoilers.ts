// Ways to spoil a request that is right.
import { surface, webSockets } from "../support/Surface.ts"
import type { Dice } from "./Dice.ts"
import { text } from "./Rubbish.ts"

/** What a request is made from. */
export interface Draft {
  method: string
  target: string
  version: string
  headers: Array<[string, string]>
  body: Buffer
  /** Whether a server can tell where it ends and that it wants an HTTP answer; such a request must get one. */
  isWhole: boolean
}

const headerNames = [
  "Host",
  "Origin",
  "Cookie",
  "Authorization",
  "Content-Type",
  "Accept-Encoding",
  "If-None-Match",
  "Sec-Fetch-Site",
  "X-Forwarded-For",
  "X-Forwarded-Proto",
  "X-Forwarded-Host",
  "Forwarded",
  "Range",
  "Traceparent",
  "B3",
  "Access-Control-Request-Method",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Extensions",
  "X-Nothing"
] as const

const values = [
  "https",
  "same-origin",
  "cross-site",
  "null",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/json; charset=utf-16",
  "text/plain",
  "gzip;q=2, br;q=x",
  "bytes=9-1",
  "Bearer mst1.a.b",
  "Basic OjpI",
  "messenger_session=%",
  "messenger_session=a; messenger_session=b",
  "messenger",
  "messenger.bearer.",
  "permessage-deflate; client_max_window_bits=99",
  "00-00000000000000000000000000000000-0000000000000000-00"
] as const

type Spoiler = (draft: Draft, dice: Dice) => void

const set = (draft: Draft, name: string, value: string) => {
  draft.headers = draft.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase())
  draft.headers.push([name, value])
}

/** One exchanges something; those after which nobody can tell what the server should do say so. */
export const spoilers: ReadonlyArray<Spoiler> = [
  (draft, dice) => {
    draft.method = dice.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "QUERY"])
  },
  (draft, dice) => {
    draft.method = dice.pick(["get", "CONNECT", "PRI", "X", "", "G".repeat(dice.below(3_000)), text(dice)])
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.target = dice.pick([...webSockets, ...surface.map(({ path }) => path)])
  },
  (draft, dice) => {
    draft.target += dice.pick([
      "/",
      "//",
      "?",
      "#",
      "%",
      "/%zz",
      "?a=%",
      "%2f..",
      ";x",
      "/..",
      "?".repeat(dice.below(999))
    ])
  },
  (draft, dice) => {
    draft.target = `/${encodeURIComponent(text(dice).replaceAll(/[\ud800-\udfff]/g, ""))}/${"a".repeat(dice.below(5_000))}`
  },
  (draft, dice) => {
    draft.target = dice.pick([
      "*",
      "http://evil.example/session",
      "//evil",
      "",
      "a b",
      `/r/${text(dice)}`,
      "/r/%C3%28",
      "\u0000"
    ])
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.version = dice.pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "ICY", "", "HTTP/1.1 "])
    draft.isWhole = false
  },
  (draft, dice) => {
    for (let left = dice.below(4); left >= 0; left--) set(draft, dice.pick(headerNames), dice.pick(values))
  },
  (draft, dice) => {
    for (let left = dice.below(4); left >= 0; left--) draft.headers.push([dice.pick(headerNames), dice.pick(values)])
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.headers.push([dice.pick([...headerNames, text(dice)]), text(dice)])
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.headers = draft.headers.filter(() => !dice.oneIn(4))
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.headers.push(["X-Long", "x".repeat(dice.below(20_000))])
    draft.isWhole = false
  },
  (draft, dice) => {
    for (let left = dice.below(1_500); left > 0; left--) draft.headers.push([`X-${left}`, "1"])
    draft.isWhole = false
  },
  (draft, dice) => {
    set(draft, "Content-Length", dice.pick(["-1", "0", "1", "5, 6", "99999999999999999999", "0x10", "1e3", ""]))
    draft.isWhole = false
  },
  (draft, dice) => {
    set(draft, "Transfer-Encoding", dice.pick(["chunked", "gzip, chunked", "identity", "CHUNKED", "x"]))
    if (dice.oneIn(2)) draft.body = Buffer.from(`${dice.pick(["5", "zz", "-1", "ffffffff"])}\r\nhello\r\n0\r\n\r\n`)
    draft.isWhole = false
  },
  (draft, dice) => {
    set(draft, "Expect", dice.pick(["100-continue", "200-ok", ""]))
    draft.isWhole = false
  },
  (draft, dice) => {
    draft.body = Buffer.alloc(dice.below(60_000), "x")
    set(draft, "Content-Length", String(draft.body.length))
  },
  (draft, dice) => {
    set(draft, "X-Forwarded-For", Array.from({ length: dice.below(200) }, () => text(dice)).join(","))
    draft.isWhole = false
  }
]
