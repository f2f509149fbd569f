// `GET /api/v1/rooms/:room/events`: a room's feed for those who cannot speak WebSocket. The answer is an ordinary one as far as its
// head goes; what follows is written by the room, straight to the connection.
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Rooms } from "@messenger/chat/Rooms"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { HttpError } from "@messenger/protocol/rest/Problems"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { BadRequest } from "@messenger/protocol/Session"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { Effect, Fiber, Stream } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { ServerResponse } from "node:http"
import { Connections } from "../../connections/Connections.ts"
import { GatewayCounts } from "../../GatewayCounts.ts"
import { refusals } from "../OpenAnswers.ts"
import { problemAnswer } from "../ProblemAnswer.ts"
import { RequestPrincipals } from "../RequestPrincipals.ts"
import { comeBack, isEventSource, streamHeaders } from "./ComeBack.ts"
import { EventStream, RetryMillis } from "./EventStream.ts"
import { parseCursor } from "./EventText.ts"

/** How long a stream that is over may take to send its last events. */
const farewell = "1 second"

/** The stream of a room, by its id or slug, to whoever may read it; resumed by `Last-Event-ID`. */
export const eventRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const rooms = yield* Rooms
    const connections = yield* Connections
    const principals = yield* RequestPrincipals
    const counts = yield* GatewayCounts
    const retryMillis = yield* RetryMillis

    yield* router.add("GET", "/api/v1/rooms/:room/events", (request) =>
      Effect.gen(function* () {
        const { room = "" } = yield* HttpRouter.params
        const cursor = yield* cursorOf(request)
        let ending: SessionEnd | undefined
        let stream: EventStream | undefined
        const { peer, principal } = yield* principals.of(request, (reason) => {
          ending = reason
          stream?.end(reason)
        })
        const listing = yield* rooms.find(principal, room)
        // From here to the counting nothing is waited for.
        const refusal = connections.refusal(peer)
        if (refusal !== undefined) return yield* refusals[refusal]
        if (ending !== undefined) return yield* new Unauthenticated()
        const events = yield* opened(new EventStream(peer, cursor, counts, retryMillis))
        stream = events
        const feed = yield* Effect.forkScoped(rooms.follow(principal, listing.room.id, cursor, events))
        yield* Effect.raceFirst(events.begun, Fiber.join(feed))
        return HttpServerResponse.stream(Stream.fromEffectDrain(told(request, events, feed)), {
          headers: streamHeaders
        })
      }).pipe(Effect.catch((error) => Effect.succeed(refusalOf(request, error))))
    )

    const opened = (events: EventStream) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          connections.add(events)
          counts.eventStreams++
          return events
        }),
        () =>
          Effect.sync(() => {
            events.forget()
            connections.remove(events)
            counts.eventStreams--
          })
      )
  })
)

const refusalOf = (request: HttpServerRequest, error: HttpError): HttpServerResponse.HttpServerResponse => {
  if (!("retryAfterMillis" in error) || !isEventSource(request.headers["accept"])) return problemAnswer(error)
  const { body, headers, status } = comeBack(error._tag, error.retryAfterMillis)
  return HttpServerResponse.text(body, { status, headers, contentType: streamHeaders["content-type"] })
}

// Until its reader goes, or there is nothing more to tell; the last words have a second to leave.
const told = Effect.fnUntraced(function* (
  request: HttpServerRequest,
  events: EventStream,
  feed: Fiber.Fiber<never, Effect.Error<ReturnType<Rooms["Service"]["follow"]>>>
) {
  const response = NodeHttpServerRequest.toServerResponse(request)
  if (!(response instanceof ServerResponse)) return yield* Effect.die(new Error("the request is none of HTTP/1"))
  events.attach(response)
  yield* Effect.raceFirst(events.ended, Fiber.join(feed)).pipe(
    Effect.catch((error) =>
      Effect.sync(() => events.end(error._tag, "retryAfterMillis" in error ? error.retryAfterMillis : undefined))
    )
  )
  yield* Effect.timeoutOrElse(events.drained, {
    duration: farewell,
    orElse: () => Effect.sync(() => response.destroy())
  })
})

const cursorOf = (request: HttpServerRequest): Effect.Effect<Cursor | undefined, BadRequest> => {
  const asked = new URLSearchParams(/\?(.*)$/.exec(request.url)?.[1]).get("last_event_id")
  const id = request.headers["last-event-id"] ?? asked ?? ""
  if (id === "") return Effect.succeed(undefined)
  return Effect.mapError(Effect.fromOption(parseCursor(id)), () => unknownId)
}

const unknownId = new BadRequest({ detail: "Last-Event-ID must be the id of an event of this stream." })
