// The sink of one follow over RPC: what is written to it arrives as chunks of that request. The request id is all in which the
// frames of two readers differ.
import type { Broadcast } from "@messenger/chat/Sink"
import type { ClosableSink, Fastlane } from "../connections/Fastlane.ts"
import { textFrame } from "../connections/Frame.ts"
import type { RequestId } from "./Envelope.ts"

/**
 * How many whole frames are kept per broadcast, one per request id. Clients choose ids so that nearly all followers of a room share
 * one; ids past these few get a head of their own before the shared body, which costs a vectored write (a sixth of the throughput)
 * but neither a copy nor memory.
 */
const maxFramesPerBroadcast = 4

/** Makes the sink of the follow of that request id. */
export const make = (fastlane: Fastlane, requestId: RequestId): ClosableSink => {
  const key = `rpc ${JSON.stringify(requestId)}`
  const head = `{"_tag":"Chunk","requestId":${JSON.stringify(requestId)},"values":[`
  let isClosed = false
  return {
    write: (broadcast) => isClosed || deliver(fastlane, broadcast, key, head),
    drained: fastlane.drained,
    close: () => {
      isClosed = true
    }
  }
}

const deliver = (fastlane: Fastlane, { frames, framed, json }: Broadcast, key: string, head: string): boolean => {
  const known = framed.get(key)
  if (known !== undefined) return fastlane.deliver(frames, known)
  const shared = framed.get(bodyKey)
  if (shared !== undefined) return fastlane.deliverSplit(frames, head, shared)
  if (framed.size < maxFramesPerBroadcast) {
    const frame = textFrame(`${head}${json}]}`)
    framed.set(key, frame)
    return fastlane.deliver(frames, frame)
  }
  const body = Buffer.from(`${json}]}`)
  framed.set(bodyKey, body)
  return fastlane.deliverSplit(frames, head, body)
}

const bodyKey = "rpc body"
