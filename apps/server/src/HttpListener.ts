// The port of the server. It is taken before anything else is begun, so that a second server on it learns so at once, and given up
// last; in between, whoever serves may come and go (a restart, a drain), and requests that find nobody are told to come back.
import { ServerUnavailable } from "@messenger/protocol/rest/HttpRefusal"
import { Context, Effect, Latch, Layer, Schema, type Scope } from "effect"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { comeBack, isEventSource } from "./rest/events/ComeBack.ts"
import { plainProblem } from "./rest/ProblemAnswer.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { answerUpgrade, type UpgradeListener } from "./UpgradeAnswer.ts"
import { asksForWebSocket, readAgain } from "./UpgradeRequest.ts"

/** The address cannot be listened on. The message is one sentence for whoever started the server. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", {
  host: Schema.String,
  port: Schema.Int,
  code: Schema.String
}) {
  override get message(): string {
    switch (this.code) {
      case "EADDRINUSE":
        return `Port ${this.port} of ${this.host} is in use: stop the program that listens there, or set PORT to another one.`
      case "EACCES":
        return `This user may not listen on port ${this.port}: set PORT to one above 1023.`
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
        return `This machine has no address ${this.host}: set HOST to one that it has.`
      default:
        return `The server cannot listen on port ${this.port} of ${this.host} (${this.code}).`
    }
  }
}

/** Who answers. */
export interface Listeners {
  readonly request: RequestListener
  readonly upgrade: UpgradeListener
}

export class HttpListener extends Context.Service<
  HttpListener,
  {
    /** Where it listens; the port that was found when any would do. */
    readonly address: AddressInfo
    /** Lets `listeners` answer until the scope closes; then those under way have five seconds before the scope goes on closing. */
    readonly serve: (listeners: Listeners) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@messenger/server/HttpListener") {
  static readonly layer = Layer.effect(
    HttpListener,
    Effect.gen(function* () {
      const { host, port, trustedProxies } = yield* ServerConfig
      let current: Listeners | undefined
      let underWay = 0
      const quiet = Latch.makeUnsafe(true)

      const onRequest: RequestListener = (request, response) => {
        if (current === undefined) {
          const { body, headers, status } = isEventSource(request.headers.accept)
            ? comeBack(unavailable._tag, unavailable.retryAfterMillis)
            : plainProblem(unavailable)
          response.writeHead(status, { ...headers, connection: "close" }).end(body)
          return
        }
        underWay++
        quiet.closeUnsafe()
        response.once("close", () => {
          if (--underWay === 0) quiet.openUnsafe()
        })
        current.request(request, response)
      }
      const onUpgrade: UpgradeListener = (request, socket, head) => {
        if (current !== undefined) current.upgrade(request, socket, head)
        else answerUpgrade(socket, { error: unavailable })
      }

      const server = yield* Effect.acquireRelease(
        listen(host, port, keepAliveMillis(trustedProxies.length > 0), onRequest, onUpgrade),
        close
      )
      const address = server.address()
      if (address === null || typeof address === "string")
        return yield* new CannotListen({ host, port, code: "UNKNOWN" })

      return HttpListener.of({
        address,
        serve: (listeners) =>
          Effect.asVoid(
            Effect.acquireRelease(
              Effect.sync(() => {
                current = listeners
              }),
              () =>
                Effect.suspend(() => {
                  current = undefined
                  return Effect.timeoutOrElse(quiet.await, { duration: "5 seconds", orElse: () => Effect.void })
                })
            )
          )
      })
    })
  )
}

const unavailable = new ServerUnavailable({ retryAfterMillis: 2_000 })

/** Against clients that send slowly on purpose; in milliseconds, `headersTimeout` no longer than `requestTimeout`. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000
}

/**
 * How long a connection stays open that has no request, in milliseconds. A proxy keeps them for later requests, and closes them when
 * it has no use for them (Caddy after 2 minutes, the load balancer of `terraform/` after 5): were this server the first to close,
 * a request that is on its way at that moment would be lost, and the proxy would answer 502.
 */
export const keepAliveMillis = (isBehindProxy: boolean): number => (isBehindProxy ? 310_000 : 10_000)

const listen = (
  host: string,
  port: number,
  keepAliveTimeout: number,
  onRequest: RequestListener,
  onUpgrade: UpgradeListener
): Effect.Effect<Server, CannotListen> =>
  Effect.callback((resume) => {
    const server = createServer({ ...timeouts, keepAliveTimeout, shouldUpgradeCallback: asksForWebSocket }, onRequest)
    server.on("upgrade", (request, socket, head) =>
      asksForWebSocket(request) ? onUpgrade(request, socket, head) : readAgain(server, request, socket, head)
    )
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new CannotListen({ host, port, code: error.code ?? error.name })))
    )
    server.listen({ host, port }, () => resume(Effect.succeed(server)))
  })

// WebSockets have been closed by those who hold them, or are ended with the process.
const close = (server: Server): Effect.Effect<void> =>
  Effect.sync(() => {
    server.close()
    server.closeAllConnections()
  })
