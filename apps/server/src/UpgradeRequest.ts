// Which requests ask for a WebSocket, and what those must say (RFC 6455, 4.2.1). Every other `Upgrade` is an offer that a server may
// ignore (RFC 9110, 7.8): clients that would rather speak HTTP/2 make it with each request, and want that request answered.
import { BadRequest } from "@messenger/protocol/Session"
import type { IncomingMessage, Server } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { UpgradeRefusal } from "./UpgradeAnswer.ts"

/** Whether a request asks for a WebSocket; another method than GET cannot. */
export const asksForWebSocket = ({ headers, method }: IncomingMessage): boolean =>
  method === "GET" && headers.upgrade?.toLowerCase() === "websocket"

/** What is wrong with the handshake of a request for a WebSocket, as far as it is seen before anybody is asked who it is. */
export const faultOf = ({ headers }: IncomingMessage): UpgradeRefusal | undefined => {
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")) return badKey
  return /^(13|8)$/.test(headers["sec-websocket-version"] ?? "") ? undefined : otherVersion
}

const badKey: UpgradeRefusal = {
  error: new BadRequest({ detail: "Send 16 random bytes in base64 as Sec-WebSocket-Key." })
}

const otherVersion: UpgradeRefusal = {
  error: new BadRequest({ detail: "Send Sec-WebSocket-Version: 13." }),
  headers: { "sec-websocket-version": "13, 8" }
}

/** Why there is no WebSocket for a request that brings a body: what follows it on the socket would not be a frame. */
export const noBody: UpgradeRefusal = {
  error: new BadRequest({ detail: "Ask for a WebSocket with a request that has no body." })
}

/**
 * Has a request that asks for no WebSocket read again, without its `Upgrade`. For Node before 24.9, which knows no
 * `shouldUpgradeCallback` and gives every `Upgrade` away before its body is read; `head` is what came of that.
 */
export const readAgain = (server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  if (!(socket instanceof Socket)) {
    socket.destroy()
    return
  }
  const { httpVersion, method = "", rawHeaders, url = "" } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "upgrade") lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from([...lines, "", ""].join("\r\n"), "latin1"), head]))
  server.emit("connection", socket)
}
