// `GET /api/v1/rooms/:room/export`: the conversation of a room as a file. It is read as it is taken: a reader that waits has the log
// wait, one that goes away ends the reading.
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Exports } from "@messenger/chat/Exports"
import type { Export } from "@messenger/chat/Exports"
import { Rooms } from "@messenger/chat/Rooms"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { MethodNotAllowed } from "@messenger/protocol/rest/HttpRefusal"
import { Forbidden, may } from "@messenger/protocol/Rights"
import { ExportFormat } from "@messenger/protocol/RoomExport"
import { BadRequest } from "@messenger/protocol/Session"
import { Effect, Schema, Stream } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { ServerResponse } from "node:http"
import { Connections } from "../../connections/Connections.ts"
import { refusals } from "../OpenAnswers.ts"
import { problemAnswer } from "../ProblemAnswer.ts"
import { RequestPrincipals } from "../RequestPrincipals.ts"
import { attachment } from "./Attachment.ts"
import { Download } from "./Download.ts"

/** The export of a room, by its id or slug, to whoever may take it. */
export const exportRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const connections = yield* Connections
    const exports = yield* Exports
    const principals = yield* RequestPrincipals
    const rooms = yield* Rooms

    yield* router.add("GET", "/api/v1/rooms/:room/export", (request) =>
      Effect.gen(function* () {
        // Whoever asks for the head alone comes here too, and would be written down for what they did not take.
        if (request.method !== "GET") return yield* new MethodNotAllowed({ allow: ["GET"] })
        const { room = "" } = yield* HttpRouter.params
        const format = yield* formatOf(request)
        const response = NodeHttpServerRequest.toServerResponse(request)
        if (!(response instanceof ServerResponse)) return yield* Effect.die(new Error("the request is none of HTTP/1"))
        let hasEnded = false
        let download: Download | undefined
        const { peer, principal } = yield* principals.of(request, () => {
          hasEnded = true
          download?.close()
        })
        if (!may("room.export", principal)) return yield* new Forbidden({ needs: "room.export" })
        const listing = yield* rooms.find(principal, room)
        // From here to the counting nothing is waited for; and what is refused must not be written down as taken.
        const refusal = connections.refusal(peer)
        if (refusal !== undefined) return yield* refusals[refusal]
        if (hasEnded) return yield* new Unauthenticated()
        download = yield* counted(new Download(peer, response))
        return answerOf(yield* exports.open(principal, listing.room.id, format), download)
      }).pipe(Effect.catch((error) => Effect.succeed(problemAnswer(error))))
    )

    const counted = (download: Download) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          connections.add(download)
          return download
        }),
        () => Effect.sync(() => connections.remove(download))
      )
  })
)

const answerOf = ({ fileName, mediaType, policy, text }: Export, download: Download) => {
  const told = text.pipe(
    Stream.catch((error) =>
      Stream.fromEffectDrain(
        Effect.logWarning("An export broke off").pipe(
          Effect.annotateLogs({ reason: error._tag }),
          Effect.andThen(Effect.sync(() => download.close())),
          // The answer must not end as if it were whole; the broken connection interrupts this.
          Effect.andThen(Effect.never)
        )
      )
    ),
    Stream.encodeText
  )
  return HttpServerResponse.stream(told, {
    contentType: mediaType,
    headers: {
      "content-disposition": attachment(fileName),
      "cache-control": "no-store",
      // Should a browser show it after all, then as nobody's page.
      ...(policy === undefined ? {} : { "content-security-policy": `${policy}; frame-ancestors 'none'; sandbox` })
    }
  })
}

const formatOf = (request: HttpServerRequest): Effect.Effect<ExportFormat, BadRequest> => {
  const asked = new URLSearchParams(/\?(.*)$/.exec(request.url)?.[1]).get("format") ?? "json"
  return Schema.decodeUnknownEffect(ExportFormat)(asked).pipe(Effect.mapError(() => unknownFormat))
}

const unknownFormat = new BadRequest({ detail: "format must be json or html." })
