// Sends bytes to a server, and waits for the end of the connection.
import { connect } from "node:net"
import type { FuzzRequest } from "./FuzzRequest.ts"

/** What came back. */
export interface Outcome {
  /** Latin-1; all of the heads, and of the bodies what fits. */
  readonly text: string
  /** The connection did not end in time. */
  readonly isStuck: boolean
}

/** How long a request that is not whole gets before this side closes, in milliseconds: nothing more will come of it. */
const patienceMillis = 25

/** How long everything else may take; a server that needs longer for a request of this size is stuck. */
const limitMillis = 30_000

const keptBytes = 64 * 1_024

/** Sends a request on a connection of its own; `frames` are sent when a WebSocket is opened by it. */
export const exchange = (port: number, request: FuzzRequest, frames: () => Buffer): Promise<Outcome> =>
  new Promise((resolve) => {
    let text = ""
    let isUpgraded = false
    const socket = connect(port, "127.0.0.1")
    const hangUp = () => void socket.end()
    let patience: NodeJS.Timeout | undefined
    const limit = setTimeout(() => finish(true), limitMillis)
    const finish = (isStuck: boolean) => {
      clearTimeout(limit)
      clearTimeout(patience)
      socket.destroy()
      resolve({ text, isStuck })
    }
    socket.once("connect", () => {
      socket.write(request.bytes)
      if (!request.isWhole) patience = setTimeout(hangUp, patienceMillis)
    })
    socket.on("data", (chunk) => {
      if (text.length < keptBytes) text += chunk.toString("latin1")
      if (isUpgraded || !text.startsWith("HTTP/1.1 101 ")) return
      isUpgraded = true
      socket.end(frames())
    })
    socket.on("error", () => undefined)
    socket.on("close", () => finish(false))
  })
