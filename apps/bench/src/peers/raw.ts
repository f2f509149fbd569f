// The limit of Node: `ws`, and a frame that is made once and written to every socket. No rights, no flow control, no answer to a dead
// connection: what a chat server has to do comes on top of this. With `DURABLE` each message is committed to SQLite first, as
// durably as the messenger does it, and nothing else is added: the limit of a server that acknowledges only what is on disk.
import { Schema } from "effect"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { WebSocketServer } from "ws"

const decode = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Union([
      Schema.Struct({ tag: Schema.Literal("FollowRoom"), id: Schema.String }),
      Schema.Struct({
        tag: Schema.Literal("PostMessage"),
        id: Schema.Int,
        payload: Schema.Struct({ key: Schema.String, text: Schema.String })
      })
    ])
  )
)

const room = new Set<{ readonly socket: Socket; readonly requestId: string }>()
let numbers = 0

/** One unmasked, final text frame (RFC 6455, 5.2). */
const frameOf = (text: string): Buffer => {
  const payload = Buffer.from(text)
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload])
  const head = Buffer.from([0x81, 126, 0, 0])
  head.writeUInt16BE(length, 2)
  return Buffer.concat([head, payload])
}

// The same bytes for the same message as the other servers send, so that only the way there differs.
const messageOf = (key: string, text: string): string => {
  const number = ++numbers
  const message = {
    number,
    change: number,
    author: { id: "AAAAAAAAAAAAAAAA", name: "Ada 1", isGuest: true },
    key,
    state: "Present",
    text,
    at: Date.now(),
    editedAt: null
  }
  const cursor = { log: "AAAAAAAAAAAAAAAAAAAAAA", number }
  return JSON.stringify({ _tag: "Changes", cursor, changes: [{ _tag: "MessageChanged", message }] })
}

const publish = (json: string): void => {
  const frames = new Map<string, Buffer>()
  for (const { socket, requestId } of room) {
    let frame = frames.get(requestId)
    if (frame === undefined) {
      frame = frameOf(`{"_tag":"Chunk","requestId":${JSON.stringify(requestId)},"values":[${json}]}`)
      frames.set(requestId, frame)
    }
    socket.write(frame)
  }
}

const openLog = (folder: string) => {
  const database = new DatabaseSync(join(folder, "log.sqlite"))
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (json TEXT)")
  return database.prepare("INSERT INTO log VALUES (?)")
}
const insert = process.env.DURABLE === undefined ? undefined : openLog(process.env.DATA_DIR ?? ".")

const server = createServer((_, response) => response.end("ready\n"))
const webSockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false })

server.on("upgrade", (request, socket, head) => {
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on("message", (data: Buffer) => {
      const asked = decode(data.toString())
      if (asked.tag === "FollowRoom") {
        const follower = { socket: request.socket, requestId: asked.id }
        room.add(follower)
        webSocket.once("close", () => room.delete(follower))
      } else {
        const json = messageOf(asked.payload.key, asked.payload.text)
        insert?.run(json)
        publish(json)
        webSocket.send(`{"_tag":"Exit","requestId":${asked.id},"exit":{"_tag":"Success"}}`)
      }
    })
  })
})
server.listen(Number(process.env.PORT), "127.0.0.1")
