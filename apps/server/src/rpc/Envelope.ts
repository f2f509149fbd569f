// What may arrive in a WebSocket message, checked before it reaches the RPC server, whose own parser throws on strangers.
// Only the fields of the contract survive: trace ids, notifications and discarded answers of a client mean nothing here.
import { Schema } from "effect"
import type { FromClientEncoded } from "effect/rpc/RpcMessage"

/** What a client calls a request by; it may be used again when its answer has come. */
export const RequestId = Schema.Union([Schema.String.check(Schema.isBetweenLength(1, 100)), Schema.Int])
export type RequestId = typeof RequestId.Type

const Headers = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))

const Request = Schema.TaggedStruct("Request", {
  id: RequestId,
  tag: Schema.String.check(Schema.isMaxLength(100)),
  payload: Schema.optionalKey(Schema.Unknown),
  headers: Schema.optionalKey(Headers)
})

const Frame = Schema.Union([
  Request,
  Schema.TaggedStruct("Interrupt", { requestId: RequestId }),
  Schema.TaggedStruct("Ping", {}),
  // Acknowledgements of chunks, and the end of a client's requests: both without a meaning here.
  Schema.TaggedStruct("Ack", { requestId: RequestId }),
  Schema.TaggedStruct("Eof", {})
])

/** One message that the RPC server understands. */
export type Envelope = Exclude<FromClientEncoded, { readonly _tag: "Ack" | "Eof" }>

/** A message that is none; `requestId` when it can still be told which request it was meant to be. */
export interface BadFrame {
  readonly _tag: "BadFrame"
  readonly message: string
  readonly requestId: RequestId | undefined
}

/** Reads one WebSocket message. `Ignored` is well-formed and needs no answer. Never throws. */
export const read = (text: string): Envelope | BadFrame | { readonly _tag: "Ignored" } => {
  const json = parse(text)
  if (json === undefined) return { _tag: "BadFrame", message: "The frame is not JSON.", requestId: undefined }
  const frame = decode(json.value)
  if (frame._tag === "None") {
    return {
      _tag: "BadFrame",
      message: "The frame is no Request, Interrupt or Ping of the documented shape.",
      requestId: idOf(json.value)
    }
  }
  switch (frame.value._tag) {
    case "Request":
      return {
        _tag: "Request",
        id: frame.value.id,
        tag: frame.value.tag,
        // What takes no payload decodes null: a client may leave it out.
        payload: frame.value.payload ?? null,
        headers: []
      }
    case "Interrupt":
    case "Ping":
      return frame.value
    case "Ack":
    case "Eof":
      return { _tag: "Ignored" }
  }
}

const decode = Schema.decodeUnknownOption(Frame)
const decodeId = Schema.decodeUnknownOption(Schema.Struct({ id: RequestId }))

const idOf = (json: unknown): RequestId | undefined => {
  const decoded = decodeId(json)
  return decoded._tag === "Some" ? decoded.value.id : undefined
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
