// The description of the API: the OpenAPI document, a page to try it on, and a page about each problem. Nothing of it comes from
// elsewhere.
import { documentedApi, openApiText } from "@messenger/protocol/rest/OpenApiDocument"
import { problemKinds } from "@messenger/protocol/rest/Problems"
import { Effect } from "effect"
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { createHash } from "node:crypto"
import { serve } from "./FileAnswer.ts"
import { compress, webFile, type WebFile } from "./WebClient.ts"

/** `GET /openapi.json`, `/docs` and `/docs/problems`. Each is made when it is first asked for: few servers are ever asked. */
export const docsRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const document = yield* Effect.cached(made(Effect.sync(() => file(openApiText(), "application/json"))))
    const page = yield* Effect.cached(made(tryPage))
    const problems = yield* Effect.cached(made(Effect.sync(() => file(problemsPage(), html))))
    yield* router.add("GET", "/openapi.json", (request) => Effect.map(document, (made) => serve(request, made)))
    yield* router.add("GET", "/docs/problems", (request) => Effect.map(problems, (made) => serve(request, made)))
    yield* router.add("GET", "/docs", (request) =>
      Effect.map(page, (made) =>
        HttpServerResponse.setHeader(serve(request, made), "content-security-policy", made.policy)
      )
    )
  })
)

const html = "text/html; charset=utf-8"

const file = (text: string, contentType: string): WebFile => webFile(new TextEncoder().encode(text), contentType)

// Whoever asks first goes on making it for those who come after, even when they leave.
const made = <File extends WebFile>(make: Effect.Effect<File>): Effect.Effect<File> =>
  Effect.uninterruptible(Effect.tap(make, compress))

/** A page with the policy that lets its own scripts and styles be, and no others. */
interface OwnPage extends WebFile {
  readonly policy: string
}

// The page of the platform has everything within itself, and this server's policy allows nothing inline: so this one page gets a
// policy that names what it has by its hashes. What is tried on it goes to this server alone.
const tryPage = Effect.gen(function* () {
  const answer = yield* HttpRouter.toHttpEffect(HttpApiSwagger.layer(documentedApi, { path: "/docs" }))
  const request = HttpServerRequest.fromWeb(new Request("http://localhost/docs"))
  const response = yield* Effect.provideService(answer, HttpServerRequest.HttpServerRequest, request)
  const text = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
  const policy = [
    "default-src 'none'",
    `script-src ${hashesOf(text, /<script>([^]*?)<\/script>/g)}`,
    `style-src ${hashesOf(text, /<style>([^]*?)<\/style>/g)}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")
  return { ...file(text, html), policy } satisfies OwnPage
}).pipe(Effect.scoped, Effect.orDie)

const hashesOf = (text: string, element: RegExp): string =>
  [...text.matchAll(element)]
    .map(([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`)
    .join(" ")

const problemsPage = (): string => {
  const kinds = Object.entries(problemKinds).toSorted(([a], [b]) => a.localeCompare(b))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems – Messenger</title>
<h1>Problems</h1>
<p>Every error is told as problem details (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>): <code>type</code> leads here,
<code>detail</code> says what to do about the one that you have, <code>_tag</code> is its name. What may be repeated as it is says when, in
<code>Retry-After</code>.</p>
<dl>
${kinds.map(([tag, { status, title }]) => `<dt id="${tag}"><code>${tag}</code> (${status})</dt><dd>${title}.</dd>`).join("\n")}
</dl>
</html>
`
}
