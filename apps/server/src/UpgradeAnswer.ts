// What is left of HTTP once a socket is out of the HTTP server's hands: a refusal, written by hand.
import type { HttpError } from "@messenger/protocol/rest/Problems"
import { STATUS_CODES, type IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { plainProblem } from "./rest/ProblemAnswer.ts"

/** The listener for `upgrade` of a Node HTTP server. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Why there is no WebSocket. Status, title and when to come back are those of the error. */
export interface UpgradeRefusal {
  readonly error: HttpError
  /** In place of the usual sentence of the error. */
  readonly sentence?: string | undefined
  /** Beside those of the error. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers an upgrade with a refusal, and ends the socket. */
export const answerUpgrade = (socket: Duplex, { error, headers: more, sentence }: UpgradeRefusal): void => {
  const { body, headers, status } = plainProblem(error, sentence)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "Connection: close",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ ...headers, ...more }).map(([name, value]) => `${name}: ${value}`),
    "",
    body
  ]
  // The listener that the HTTP server had on it is gone, and an unheard error would end the process.
  socket.on("error", () => socket.destroy())
  socket.end(lines.join("\r\n"), () => socket.destroy())
}
