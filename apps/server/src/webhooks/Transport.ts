// Deliveries over HTTP, to addresses that strangers choose. What may be called says `Destination`; here it is called at exactly the
// addresses that were checked, through no proxy, on a connection of its own, and within bounds of time and size.
import { WebhookTransport, type Attempt } from "@messenger/chat/WebhookTransport"
import { WebhookUrlRefused, type DeliveryProblem } from "@messenger/protocol/Webhook"
import { Cause, Clock, Effect, Layer } from "effect"
import * as Dns from "effect/net/Dns"
import * as NetAddress from "effect/net/NetAddress"
import * as Http from "node:http"
import * as Https from "node:https"
import type { LookupFunction } from "node:net"
import { TLSSocket } from "node:tls"
import { ServerConfig } from "../ServerConfig.ts"
import { find, type Destination } from "./Destination.ts"

/** How long an attempt may take, from the look-up of its name to the last byte of its answer. */
const maxDuration = "5 seconds"

/** The most that is read of an answer, besides its head, of which Node reads 16 KiB. */
const maxAnswerBytes = 64 * 1024

type Delivery = Parameters<WebhookTransport["Service"]["post"]>[0]
type Outcome = { readonly status: number } | { readonly problem: DeliveryProblem }

/** Calls what may be called by the settings (WEBHOOK_ALLOW). */
export const layer = Layer.effect(
  WebhookTransport,
  Effect.gen(function* () {
    const { webhookAllow } = yield* ServerConfig
    const dns = yield* Dns.Dns
    const destinationOf = (url: string) => find(url, webhookAllow, dns)

    return WebhookTransport.of({
      check: (url) =>
        Effect.timeoutOrElse(destinationOf(url), {
          duration: maxDuration,
          orElse: () => Effect.fail(new WebhookUrlRefused({ reason: "NotPublic" }))
        }).pipe(Effect.map((destination) => destination.url.href)),

      post: Effect.fnUntraced(function* (delivery) {
        const startedAt = yield* Clock.currentTimeMillis
        const outcome = yield* destinationOf(delivery.url).pipe(
          Effect.flatMap((destination) => exchange(destination, delivery)),
          Effect.catch(() => unanswered("Refused")),
          Effect.timeoutOrElse({ duration: maxDuration, orElse: () => unanswered("TimedOut") }),
          Effect.catchDefect((defect) =>
            Effect.andThen(Effect.logError("A delivery met a bug", Cause.die(defect)), unanswered("Unreachable"))
          )
        )
        return attemptOf(outcome, (yield* Clock.currentTimeMillis) - startedAt)
      })
    })
  })
)

const attemptOf = (outcome: Outcome, tookMillis: number): Attempt =>
  "status" in outcome
    ? { _tag: "Answered", status: outcome.status, tookMillis }
    : { _tag: "Unanswered", problem: outcome.problem, tookMillis }

const unanswered = (problem: DeliveryProblem): Effect.Effect<Outcome> => Effect.succeed({ problem })

// Agents of our own: the usual ones keep connections, and go through a proxy that the environment names.
const options = { keepAlive: false, autoSelectFamilyAttemptTimeout: 1_000 }
const plain = new Http.Agent(options)
const overTls = new Https.Agent({ ...options, rejectUnauthorized: true, maxCachedSessions: 0 })

const exchange = ({ addresses, url }: Destination, { body, headers }: Delivery): Effect.Effect<Outcome> =>
  Effect.callback((resume) => {
    const end = (outcome: Outcome) => resume(Effect.succeed(outcome))
    const [call, agent] = url.protocol === "https:" ? [Https.request, overTls] : [Http.request, plain]
    const request = call(url, { method: "POST", agent, headers, lookup: only(addresses) })
    request.on("response", (response) => {
      let read = 0
      response.on("data", (part: Buffer) => {
        read += part.length
        if (read <= maxAnswerBytes) return
        end({ problem: "TooLarge" })
        request.destroy()
      })
      response.on("end", () => end({ status: response.statusCode ?? 0 }))
      // Tells of it what the request tells too.
      response.on("error", () => undefined)
    })
    request.on("error", (error) => end({ problem: problemOf(error, request) }))
    // Also without an error, when the other side answers by changing the protocol.
    request.on("close", () => end({ problem: "Unreachable" }))
    request.end(body)
    return Effect.sync(() => request.destroy())
  })

// Asked by Node in place of the system, which might answer something else by now.
const only =
  (addresses: Destination["addresses"]): LookupFunction =>
  (_, { all }, answer) => {
    const known = addresses.map((address) => ({
      address: NetAddress.formatIp(address),
      family: NetAddress.isIpv4Address(address) ? 4 : 6
    }))
    if (all === true) answer(null, known)
    else answer(null, known[0]?.address ?? "", known[0]?.family)
  }

const problemOf = (error: NodeJS.ErrnoException, { socket }: Http.ClientRequest): DeliveryProblem => {
  if (error.code === "HPE_HEADER_OVERFLOW") return "TooLarge"
  // Set when the certificate is what the connection was ended for.
  return socket instanceof TLSSocket && Boolean(socket.authorizationError) ? "Untrusted" : "Unreachable"
}
