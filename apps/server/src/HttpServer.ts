// The one HTTP server of the process: its routes, its time-outs, and the upgrades of all WebSocket paths.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, Schema, type Scope } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerError } from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { healthRoutes } from "./Health.ts"
import { sessionRoutes } from "./rest/SessionRoutes.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { Upgrades } from "./Upgrades.ts"
import { secured } from "./web/SecurityHeaders.ts"
import { webRoutes } from "./web/WebRoutes.ts"

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

/** A server that takes requests. */
export interface Listening {
  readonly server: Server
  readonly address: AddressInfo
}

const routes = Layer.mergeAll(sessionRoutes, healthRoutes, webRoutes)

/**
 * Listens until the scope closes; then it takes no new request, gives those under way five seconds, and ends what is left.
 * WebSockets are not its business by then: they have been closed by whoever holds them.
 */
export const listen = Effect.gen(function* () {
  const { host, port } = yield* ServerConfig
  const { listener } = yield* Upgrades
  const app = yield* HttpRouter.toHttpEffect(routes).pipe(
    Effect.provideService(HttpRouter.RouterConfig, { maxParamLength })
  )
  const handler = yield* NodeHttpServer.makeHandler(answered(app), { scope: yield* Effect.scope })
  return yield* Effect.acquireRelease(open(host, port, handler, listener), ({ server }) => close(server))
})

// A room's name in its link, percent-encoded: 40 graphemes may be long.
const maxParamLength = 4_096

const answered = <R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, HttpServerError, R>) =>
  app.pipe(
    Effect.catchIf(
      (error) => error.reason._tag === "RouteNotFound",
      () => Effect.succeed(HttpServerResponse.text("There is nothing at this address.\n", { status: 404 }))
    ),
    Effect.map(secured)
  )

/** Time-outs against clients that send slowly on purpose; in milliseconds, `headers` no longer than `request`. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 5_000
}

const open = (
  host: string,
  port: number,
  handler: Effect.Success<ReturnType<typeof NodeHttpServer.makeHandler>>,
  upgradeListener: Upgrades["Service"]["listener"]
): Effect.Effect<Listening, CannotListen> =>
  Effect.callback((resume) => {
    const server = createServer(timeouts, handler)
    server.on("upgrade", upgradeListener)
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new CannotListen({ host, port, code: error.code ?? error.name })))
    )
    server.listen({ host, port }, () => {
      const address = server.address()
      if (address === null || typeof address === "string") return
      resume(Effect.succeed({ server, address }))
    })
  })

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeIdleConnections()
  }).pipe(
    Effect.timeoutOrElse({
      duration: "5 seconds",
      orElse: () => Effect.sync(() => server.closeAllConnections())
    })
  )

/** What `listen` needs of its surroundings. */
export type ListenNeeds = Exclude<Effect.Services<typeof listen>, Scope.Scope>
