// Incoming webhooks: whoever knows the address posts into its room, in the shapes that tools send to Slack. The address is all the
// proof there is, so cookies and tokens that come along are not read, and it stands in no log and no metric.
import { Webhooks } from "@messenger/chat/Webhooks"
import { BodyTooLarge } from "@messenger/protocol/rest/HttpRefusal"
import { BadRequest } from "@messenger/protocol/Session"
import { incomingWebhookPath } from "@messenger/protocol/Webhook"
import { ByteSize, Effect, Option, Redacted } from "effect"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Callers } from "../../edge/Callers.ts"
import { keyOf } from "../Asking.ts"
import { problemAnswer } from "../ProblemAnswer.ts"
import { isTooLarge } from "../RequestBody.ts"
import { read } from "./SlackMessage.ts"

/** The most that is read of a body. */
const maxBodySize = ByteSize.kibibytes(64)

/** `POST /hooks/:token`, answered with `ok` as Slack does, or with problem details. The same `Idempotency-Key` posts once. */
export const hookRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const webhooks = yield* Webhooks
    const callers = yield* Callers
    yield* router.add("POST", `${incomingWebhookPath}:token`, (request) =>
      Effect.gen(function* () {
        const { token = "" } = yield* HttpRouter.params
        // Before the body, which strangers send and which costs something to read.
        const admitted = yield* webhooks.admit(Redacted.make(token), callers.of(request).limitKey)
        const key = yield* keyOf({ "idempotency-key": request.headers["idempotency-key"] })
        yield* webhooks.post(admitted, { ...read(yield* bodyOf(request)), key })
        return taken
      }).pipe(Effect.catch((error) => Effect.succeed(problemAnswer(error))))
    )
  })
)

const taken = HttpServerResponse.text("ok", { headers: { "cache-control": "no-store" } })

// JSON, or a form whose field `payload` is JSON; which of them is seen from the body, since tools often say the wrong type.
const bodyOf = (request: HttpServerRequest): Effect.Effect<unknown, BadRequest | BodyTooLarge> =>
  request.arrayBuffer.pipe(
    Effect.provideService(MaxBodySize, maxBodySize),
    Effect.flatMap((bytes) => Effect.tryPromise(() => jsonOf(bytes, request.headers["content-type"] ?? ""))),
    Effect.flatMap((json) => Effect.fromOption(parseJson(json))),
    Effect.mapError((error) => (isTooLarge(error) ? tooLarge : unreadable))
  )

const jsonOf = async (bytes: ArrayBuffer, contentType: string): Promise<string> => {
  if (/^\s*multipart\/form-data\b/i.test(contentType)) {
    const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData()
    const payload = form.get("payload")
    return typeof payload === "string" ? payload : ""
  }
  const text = new TextDecoder().decode(bytes).trim()
  return text.startsWith("{") ? text : (new URLSearchParams(text).get("payload") ?? "")
}

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const tooLarge = new BodyTooLarge({ limit: ByteSize.toNumberUnsafe(maxBodySize) })

const unreadable = new BadRequest({
  detail: 'The body must be JSON like {"text": "Hello"}, or a form with such JSON in its field payload.'
})
