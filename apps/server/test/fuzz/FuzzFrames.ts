// What is sent on a WebSocket that was opened: frames that are nearly right, and bytes that are no frames.
import type { Dice } from "./Dice.ts"

/** Bytes to send on an open WebSocket. */
export const fuzzFrames = (dice: Dice): Buffer =>
  Buffer.concat(Array.from({ length: 1 + dice.below(4) }, () => (dice.oneIn(6) ? dice.bytes(60) : frame(dice))))

const tags = ["Handshake", "PostMessage", "FollowRoom", "FollowInbox", "History", "Nothing", "__proto__"] as const

const envelopes = [
  "{",
  "null",
  "[]",
  '"text"',
  '{"_tag":"Ping"}',
  '{"_tag":"Interrupt","requestId":"1"}',
  '{"_tag":"Ack","requestId":"1"}',
  '{"_tag":"Request","id":{},"tag":"History","payload":{},"headers":[]}',
  '{"_tag":"Request","id":"1","tag":"History","payload":{},"headers":5}',
  '[null,"1","phoenix","heartbeat",{}]',
  '["1","1","chat:lobby","phx_join",{}]',
  '["1","1","chat:lobby","phx_join",{"cursor":"log.-1"}]',
  '["1",{},"chat:lobby","phx_join",[]]',
  '["1","2","chat:lobby","phx_leave",null]',
  '["1","3","chat:lobby","new_message",{"text":5}]',
  '["1","4","chat:lobby","new_message",{"text":"fuzz"}]',
  '["1","5","chat:lobby","__proto__",{"text":"fuzz"}]',
  '["1","6","chat:__proto__","phx_join"]'
] as const

const envelope = (dice: Dice): string => {
  if (dice.oneIn(2)) return dice.pick(envelopes)
  const payload = dice.pick<object | string>([
    { contract: 1 },
    { contract: "x" },
    { roomId: "lobby", key: "key-00000001", text: "fuzz" },
    { roomId: "\u0000", cursor: { log: 5, number: -1 } },
    [],
    "none"
  ])
  return JSON.stringify({ _tag: "Request", id: String(dice.below(3)), tag: dice.pick(tags), payload, headers: [] })
}

// RFC 6455, 5.2; nearly always masked, as a client must.
const frame = (dice: Dice): Buffer => {
  const payload = Buffer.from(envelope(dice))
  const opcode = dice.oneIn(5) ? dice.below(16) : 1
  const isMasked = !dice.oneIn(12)
  const size = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff]
  const [first = 0, ...rest] = size
  const reserved = dice.oneIn(12) ? dice.below(8) << 4 : 0
  // A mask of zeros changes nothing, and is a mask.
  const mask = isMasked ? [0, 0, 0, 0] : []
  const final = dice.oneIn(8) ? 0 : 0x80
  return Buffer.concat([
    Buffer.from([final | reserved | opcode, (isMasked ? 0x80 : 0) | first, ...rest, ...mask]),
    payload
  ])
}
