// What is left of HTTP once a socket is out of the HTTP server's hands: a refusal, written by hand.
import { STATUS_CODES, type IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { upgradeProblem } from "./rest/ProblemAnswer.ts"

/** The listener for `upgrade` of a Node HTTP server. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Why there is no WebSocket. */
export interface UpgradeRefusal {
  readonly status: number
  readonly sentence: string
  readonly retryAfterSeconds?: number | undefined
}

/** Answers an upgrade with a refusal, and ends the socket. */
export const answerUpgrade = (socket: Duplex, { status, sentence, retryAfterSeconds }: UpgradeRefusal): void => {
  const { body, headers } = upgradeProblem(status, sentence, retryAfterSeconds)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "Connection: close",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    body
  ]
  // The listener that the HTTP server had on it is gone, and an unheard error would end the process.
  socket.on("error", () => socket.destroy())
  socket.end(lines.join("\r\n"), () => socket.destroy())
}
