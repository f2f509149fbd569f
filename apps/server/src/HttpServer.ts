// What the server answers over HTTP: its routes, with the same headers on every answer, and the upgrades of all WebSocket paths.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { WebSocketExpected } from "@messenger/protocol/rest/HttpRefusal"
import { Effect, Layer } from "effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { readable } from "./edge/CrossOrigin.ts"
import { guarded } from "./edge/SameOrigin.ts"
import { healthRoutes } from "./Health.ts"
import { HttpListener } from "./HttpListener.ts"
import { answered } from "./Refusals.ts"
import { exportRoutes } from "./rest/exports/ExportRoutes.ts"
import { eventRoutes } from "./rest/events/EventRoutes.ts"
import { hookRoutes } from "./rest/hooks/HookRoutes.ts"
import { passwordRoutes } from "./rest/PasswordRoutes.ts"
import { RequestPrincipals } from "./rest/RequestPrincipals.ts"
import { problemAnswer } from "./rest/ProblemAnswer.ts"
import { restRoutes } from "./rest/RestRoutes.ts"
import { SessionAnswers } from "./rest/SessionAnswers.ts"
import { sessionRoutes } from "./rest/SessionRoutes.ts"
import { RouteTable } from "./RouteTable.ts"
import { Upgrades } from "./Upgrades.ts"
import { docsRoutes } from "./web/DocsRoutes.ts"
import { secured } from "./web/SecurityHeaders.ts"
import { webRoutes } from "./web/WebRoutes.ts"

// To whoever asks for a page where a WebSocket is opened; upgrades do not come this way.
const webSocketRoutes = HttpRouter.use((router) =>
  Effect.forEach(["/rpc", "/socket/websocket"] as const, (path) =>
    router.add("GET", path, Effect.succeed(problemAnswer(new WebSocketExpected())))
  )
)

/** All that is routed; the gate before it (`edge/SameOrigin.ts`) is the same for all. */
export const routes = Layer.mergeAll(
  Layer.provide(
    Layer.mergeAll(sessionRoutes, passwordRoutes, restRoutes, eventRoutes, exportRoutes),
    Layer.merge(SessionAnswers.layer, RequestPrincipals.layer)
  ),
  hookRoutes,
  webSocketRoutes,
  healthRoutes,
  docsRoutes,
  webRoutes
)

/** Everything that is routed, as one answer; what is routed is written to `table`. */
export const routed = (table: RouteTable) =>
  HttpRouter.toHttpEffect(Layer.provide(routes, table.layer)).pipe(
    Effect.provideService(HttpRouter.RouterConfig, { maxParamLength })
  )

/** Answers requests and upgrades until the scope closes. */
export const serve = Effect.gen(function* () {
  const listener = yield* HttpListener
  const upgrades = yield* Upgrades
  const table = new RouteTable()
  const app = yield* secured(yield* readable(answered(table)(yield* guarded(yield* routed(table)))))
  const request = yield* NodeHttpServer.makeHandler(app, { scope: yield* Effect.scope }).pipe(
    Effect.provideService(HttpMiddleware.TracerDisabledWhen, mayHoldToken)
  )
  yield* listener.serve({ request, upgrade: upgrades.listener })
})

// A span says the address of its request, and that of a webhook is a secret: also when it is asked by another method, or is written
// so that there is nothing at it.
const mayHoldToken = ({ url }: Pick<HttpServerRequest, "url">): boolean => /\/hooks\//i.test(unescaped(url))

const unescaped = (url: string): string =>
  url.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

// A room's name in its link, percent-encoded: 40 graphemes may be long.
const maxParamLength = 4_096
