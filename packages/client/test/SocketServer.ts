// The server in memory behind real sockets, for one browser: it keeps one session, as a cookie jar would.
import type { User } from "@messenger/protocol/Account"
import { NameInvalid, NameTaken } from "@messenger/protocol/Account"
import { SessionError, statusOf } from "@messenger/protocol/Session"
import { Cause, Effect, Exit, Queue, Schema, Scope } from "effect"
import { createServer } from "node:http"
import type { Server } from "node:http"
import { WebSocketServer } from "ws"
import { MemoryServer, userOf } from "./MemoryServer.ts"

const encodeError = Schema.encodeSync(Schema.toCodecJson(SessionError))

/** Listens while the scope is open. */
export const make = Effect.gen(function* () {
  const server = yield* MemoryServer
  const scope = yield* Effect.scope
  let user: User | undefined
  let isBehindBrokenProxy = false

  const http = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json", "set-cookie": "session=secret; HttpOnly" })
      response.end(JSON.stringify(body))
    }
    const stateOf = (who: User | undefined) => ({
      user: who ?? null,
      role: who === undefined ? null : "guest",
      registration: "open",
      guests: true
    })
    const refuse = (error: SessionError) => answer(statusOf[error._tag], encodeError(error))
    if (isBehindBrokenProxy) return void response.writeHead(502).end("<html>Bad Gateway</html>")
    if (request.url === "/logout") user = undefined
    if (request.url !== "/guest") return answer(200, stateOf(user))
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("end", () => {
      const { name }: { readonly name: string } = JSON.parse(body)
      if (name === "") return refuse(new NameInvalid({ reason: "Empty" }))
      if (name === "taken") return refuse(new NameTaken())
      user ??= userOf(name)
      answer(200, stateOf(user))
    })
  })

  const webSockets = new WebSocketServer({ server: http, path: "/rpc" })
  webSockets.on("connection", (webSocket) => {
    const connection = Scope.forkUnsafe(scope, "sequential")
    const { says, hear } = Effect.runSync(Scope.provide(server.accept(user), connection))
    const speak = Queue.take(says).pipe(
      Effect.map((text) => webSocket.send(text)),
      Effect.forever,
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) webSocket.close(1012)
        })
      )
    )
    Effect.runFork(Effect.forkIn(speak, connection))
    webSocket.on("message", (data) => {
      if (Buffer.isBuffer(data)) Effect.runFork(hear(data.toString()))
    })
    webSocket.on("close", () => void Effect.runFork(Scope.close(connection, Exit.void)))
  })

  const port = yield* Effect.acquireRelease(listen(http), () =>
    Effect.promise(async () => {
      for (const webSocket of webSockets.clients) webSocket.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    })
  )
  return {
    ...server,
    origin: `http://127.0.0.1:${port}`,
    /** The session ends, as by a log-out elsewhere. */
    endSession: () => {
      user = undefined
    },
    breakProxy: (isBroken: boolean) => {
      isBehindBrokenProxy = isBroken
    }
  }
})

const listen = (http: Server) =>
  Effect.callback<number>((resume) => {
    http.listen(0, "127.0.0.1", () => {
      const address = http.address()
      resume(
        typeof address === "object" && address !== null
          ? Effect.succeed(address.port)
          : Effect.die("no port to listen on")
      )
    })
  })
