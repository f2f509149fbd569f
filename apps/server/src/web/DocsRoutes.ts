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
    const problems = yield* Effect.cached(made(Effect.sync(() => ownPage(problemsPage()))))
    yield* router.add("GET", "/openapi.json", (request) => Effect.map(document, (made) => serve(request, made)))
    yield* router.add("GET", "/docs/problems", (request) => Effect.map(problems, served(request)))
    yield* router.add("GET", "/docs", (request) => Effect.map(page, served(request)))
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

const served =
  (request: HttpServerRequest.HttpServerRequest) =>
  (page: OwnPage): HttpServerResponse.HttpServerResponse =>
    HttpServerResponse.setHeader(serve(request, page), "content-security-policy", page.policy)

// These pages have everything within themselves, and this server's policy allows nothing inline: so they get a policy that names
// what they have by its hashes. What is tried on one goes to this server alone.
const ownPage = (text: string): OwnPage => ({
  ...file(text, html),
  policy: [
    "default-src 'none'",
    `script-src ${hashesOf(text, /<script>([^]*?)<\/script>/g)}`,
    `style-src ${hashesOf(text, /<style>([^]*?)<\/style>/g)}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")
})

const tryPage = Effect.gen(function* () {
  const answer = yield* HttpRouter.toHttpEffect(HttpApiSwagger.layer(documentedApi, { path: "/docs" }))
  const request = HttpServerRequest.fromWeb(new Request("http://localhost/docs"))
  const response = yield* Effect.provideService(answer, HttpServerRequest.HttpServerRequest, request)
  return ownPage(yield* Effect.promise(() => HttpServerResponse.toWeb(response).text()))
}).pipe(Effect.scoped, Effect.orDie)

const hashesOf = (text: string, element: RegExp): string => {
  const hashes = [...text.matchAll(element)].map(
    ([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`
  )
  return hashes.length === 0 ? "'none'" : hashes.join(" ")
}

const problemsStyle = `
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2.5rem auto; padding: 0 1.25rem; }
code { font: 0.9em ui-monospace, monospace; }
dt { margin-top: 1.1rem; font-weight: 600; scroll-margin-top: 1rem; }
dt:target { text-decoration: underline; }
dt span { font-weight: 400; opacity: 0.7; }
dd { margin: 0.1rem 0 0; }
a { color: light-dark(#4338ca, #a5b4fc); }
`

const problemsPage = (): string => {
  const kinds = Object.entries(problemKinds).toSorted(([a], [b]) => a.localeCompare(b))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems – Messenger</title>
<style>${problemsStyle}</style>
<h1>Problems</h1>
<p>Every error is told as problem details (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>): <code>type</code> leads here,
<code>detail</code> says what to do about the one that you have, <code>_tag</code> is its name. What may be repeated as it is says when, in
<code>Retry-After</code>.</p>
<dl>
${kinds.map(([tag, { status, title }]) => `<dt id="${tag}"><code>${tag}</code> <span>${status}</span></dt><dd>${title}.</dd>`).join("\n")}
</dl>
</html>
`
}
