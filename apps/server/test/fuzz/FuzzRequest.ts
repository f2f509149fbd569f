// Requests as nobody should send them: one that is right, with some of it exchanged for rubbish, as bytes.
import { surface, webSockets } from "../support/Surface.ts"
import type { Dice } from "./Dice.ts"
import { oddValue, text } from "./Rubbish.ts"
import { spoilers, type Draft } from "./Spoilers.ts"

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
  for (let left = dice.below(3); left > 0; left--) dice.pick(spoilers)(draft, dice)
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
