// The V2 JSON serializer of Phoenix Channels: one message is `[join_ref, ref, topic, event, payload]`
// (phoenix, lib/phoenix/socket/serializers/v2_json_serializer.ex). Frames of strangers are checked here; nothing throws.
import { Schema } from "effect"
import { textFrame } from "../connections/Frame.ts"

/** What a client calls a join or a push by; it comes back with the answer as it came. */
const Ref = Schema.NullOr(Schema.Union([Schema.String.check(Schema.isMaxLength(100)), Schema.Int]))
export type Ref = typeof Ref.Type

const Topic = Schema.String.check(Schema.isMaxLength(500))
const Event = Schema.String.check(Schema.isMaxLength(100))

/** One message of a client. */
export interface Incoming {
  readonly _tag: "Incoming"
  readonly joinRef: Ref
  readonly ref: Ref
  readonly topic: string
  readonly event: string
  readonly payload: unknown
}

/** Where an answer goes. */
export type Address = Pick<Incoming, "joinRef" | "ref" | "topic">

/** A message that is none; `to` when it can still be told which push it was meant to be. */
export interface BadFrame {
  readonly _tag: "BadFrame"
  readonly reason: string
  readonly to: Address | undefined
}

/** One event of a topic. */
export interface Outgoing {
  readonly event: string
  readonly payload: object
}

/** Reads one WebSocket message. */
export const read = (message: string | Uint8Array): Incoming | BadFrame => {
  if (typeof message !== "string") return { _tag: "BadFrame", reason: noBinary, to: binaryAddress(message) }
  const json = parse(message)
  if (json === undefined) return { _tag: "BadFrame", reason: "The frame is not JSON.", to: undefined }
  const whole = decodeMessage(json.value)
  if (whole._tag === "Some") {
    const [joinRef, ref, topic, event, payload] = whole.value
    return { _tag: "Incoming", joinRef, ref, topic, event, payload }
  }
  const begun = decodeAddress(json.value)
  const [joinRef, ref, topic] = begun._tag === "Some" ? begun.value : []
  return {
    _tag: "BadFrame",
    reason: "The frame is no [join_ref, ref, topic, event, payload].",
    to: topic === undefined || ref === undefined || joinRef === undefined ? undefined : { joinRef, ref, topic }
  }
}

/** The answer to a join or a push; `response` is JSON. */
export const reply = ({ joinRef, ref, topic }: Address, status: "ok" | "error", response: string): string =>
  `[${JSON.stringify(joinRef)},${JSON.stringify(ref)},${JSON.stringify(topic)},"phx_reply",{"status":"${status}","response":${response}}]`

/** The end of a channel: `phx_close` for good, `phx_error` when the client should join again. */
export const end = (joinRef: Ref, topic: string, event: "phx_close" | "phx_error"): string =>
  JSON.stringify([joinRef, joinRef, topic, event, {}])

/** An event that is for whoever joined the topic: it names no join, so its bytes are the same for all. */
export const broadcast = (topic: string, { event, payload }: Outgoing): string =>
  JSON.stringify([null, null, topic, event, payload])

/** Events as WebSocket frames, one after the other in one buffer. */
export const frames = (topic: string, events: ReadonlyArray<Outgoing>): Uint8Array =>
  Buffer.concat(events.map((each) => textFrame(broadcast(topic, each))))

const noBinary = "Binary frames mean nothing here: push a payload that is JSON."

const decodeMessage = Schema.decodeUnknownOption(Schema.Tuple([Ref, Ref, Topic, Event, Schema.Unknown]))
const decodeAddress = Schema.decodeUnknownOption(
  Schema.TupleWithRest(Schema.Tuple([Ref, Ref, Topic]), [Schema.Unknown])
)

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** A binary push: kind 0, the lengths of join_ref, ref, topic and event, then these, then bytes. */
const binaryAddress = (bytes: Uint8Array): Address | undefined => {
  const [kind, joinRefLength = 0, refLength = 0, topicLength = 0] = bytes
  const text = Buffer.from(bytes.subarray(5, 5 + joinRefLength + refLength + topicLength))
  if (kind !== 0 || refLength === 0 || text.length < joinRefLength + refLength + topicLength) return undefined
  const at = joinRefLength + refLength
  const joinRef = text.toString("utf8", 0, joinRefLength)
  return {
    joinRef: joinRef === "" ? null : joinRef,
    ref: text.toString("utf8", joinRefLength, at),
    topic: text.toString("utf8", at)
  }
}
