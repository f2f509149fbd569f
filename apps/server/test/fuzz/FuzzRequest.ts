// Requests as nobody should send them: one that is right, with some of it exchanged for rubbish, as bytes.
import type { Dice } from "./Dice.ts"
import { surface, webSockets } from "../support/Surface.ts"

/** What a request is made from. */
interface Draft {
  method: string
  target: string
  version: string
  headers: Array<[string, string]>
  body: Buffer
  /** Whether a server can tell where it ends and that it wants an HTTP answer; such a request must get one. */
  isWhole: boolean
}

/** Bytes to send, and what may be expected of them. */
export interface FuzzRequest {
  readonly bytes: Buffer
  readonly isWhole: boolean
  readonly isUpgrade: boolean
}

/** What rubbish is mixed with, so that some of it gets past the first check. */
export interface Insider {
  readonly host: string
  readonly cookie: string
}

/** A request; the same dice make the same one. */
export const fuzzRequest = (dice: Dice, insider: Insider): FuzzRequest => {
  const isUpgrade = dice.oneIn(6)
  const draft = isUpgrade ? upgrade(dice, insider) : plain(dice, insider)
  for (let left = dice.below(3); left > 0; left--) dice.pick(spoilers)(draft, dice, insider)
  const { method, target, version, headers, body } = draft
  const lines = [`${method} ${target} ${version}`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""]
  const bytes = Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), body])
  if (!dice.oneIn(8)) return { bytes, isUpgrade, isWhole: draft.isWhole && !isUpgrade }
  return { bytes: mangled(bytes, dice), isUpgrade, isWhole: false }
}

const plain = (dice: Dice, insider: Insider): Draft => {
  const { body: fields, method, path } = dice.pick(surface)
  const isForm = dice.oneIn(3)
  const body = fields === undefined ? Buffer.alloc(0) : bodyOf(fields, isForm, dice)
  return {
    method,
    target: path,
    version: "HTTP/1.1",
    headers: [
      ...sender(dice, insider),
      ["Connection", "close"],
      ["Content-Type", isForm ? "application/x-www-form-urlencoded" : "application/json"],
      ["Content-Length", String(body.length)]
    ],
    body,
    isWhole: true
  }
}

const upgrade = (dice: Dice, insider: Insider): Draft => ({
  method: "GET",
  target: dice.pick(webSockets),
  version: "HTTP/1.1",
  headers: [
    ...sender(dice, insider),
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Protocol", dice.oneIn(3) ? `messenger, messenger.bearer.${text(dice)}` : "messenger"]
  ],
  body: Buffer.alloc(0),
  isWhole: false
})

const sender = (dice: Dice, { cookie, host }: Insider): Draft["headers"] => [
  ["Host", host],
  ["Origin", `http://${host}`],
  // One client in many, so that limits by address do not hide what lies behind them.
  ["X-Forwarded-For", `198.51.${dice.below(256)}.${dice.below(256)}`],
  ["Cookie", dice.oneIn(2) ? cookie : "none=1"]
]

const bodyOf = (fields: Readonly<Record<string, unknown>>, isForm: boolean, dice: Dice): Buffer => {
  const odd = Object.entries(fields)
    .map(([name, value]): [string, unknown] => [
      dice.oneIn(20) ? text(dice) : name,
      dice.oneIn(2) ? oddValue(dice) : value
    ])
    .filter(() => !dice.oneIn(12))
  const inForm = odd.map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value)
  ])
  switch (dice.below(12)) {
    case 0:
      return Buffer.from(inForm.map((pair) => pair.join("=")).join("&"))
    case 1:
      return Buffer.from(JSON.stringify(Object.fromEntries(odd)).slice(0, dice.below(60)))
    case 2:
      return dice.bytes(200)
    default:
      return Buffer.from(isForm ? new URLSearchParams(inForm).toString() : JSON.stringify(Object.fromEntries(odd)))
  }
}

const oddValue = (dice: Dice): unknown =>
  dice.pick<() => unknown>([
    () => text(dice),
    () => null,
    () => dice.below(1_000) - 500,
    () => 1e308 * 10,
    () => [],
    () => ({ ["__proto__"]: 1, constructor: { prototype: text(dice) } }),
    () => nested(dice.below(3_000)),
    () => "x".repeat(dice.below(20_000)),
    () => "\ud800 lone",
    () => "nul \u0000 in between",
    () => "👩‍👩‍👧‍👦".repeat(dice.below(60)),
    () => "‮evil",
    () => true
  ])()

const nested = (depth: number): unknown => {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const texts = [
  "",
  " ",
  "null",
  "%",
  "%zz",
  "%00",
  "%ff%fe",
  "%E0%A4%A",
  "..",
  "../../etc/passwd",
  "<script>",
  "'; DROP TABLE users; --",
  "Bearer",
  "__proto__",
  "\u00ff\u00fe",
  "a,b;c=d",
  '"',
  "\\",
  "-1",
  "9007199254740993",
  "mst1.e30.e30",
  "localhost:4000",
  "https://evil.example",
  "unknown, [::1]:80, 127.0.0.1"
] as const

const text = (dice: Dice): string =>
  dice.oneIn(4)
    ? dice
        .bytes(40)
        .toString("latin1")
        .replaceAll(/[\r\n]/g, "")
    : dice.pick(texts)

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

type Spoiler = (draft: Draft, dice: Dice, insider: Insider) => void

const set = (draft: Draft, name: string, value: string) => {
  draft.headers = draft.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase())
  draft.headers.push([name, value])
}

const spoilers: ReadonlyArray<Spoiler> = [
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

// Below the grammar: bytes are lost, doubled, or exchanged.
const mangled = (bytes: Buffer, dice: Dice): Buffer => {
  const at = dice.below(bytes.length)
  switch (dice.below(4)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), dice.bytes(20), bytes.subarray(at)])
    case 2:
      return Buffer.concat([bytes, bytes.subarray(at)])
    default: {
      const changed = Buffer.from(bytes)
      for (let left = dice.below(6); left >= 0; left--) changed[dice.below(changed.length)] = dice.below(256)
      return changed
    }
  }
}
