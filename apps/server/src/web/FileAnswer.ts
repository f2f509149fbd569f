// A file of the server as an answer: in the smallest coding that is taken, and not at all to who has it.
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Coding, WebFile } from "./WebClient.ts"

/** Answers with a file. */
export const serve = (
  request: HttpServerRequest.HttpServerRequest,
  file: WebFile
): HttpServerResponse.HttpServerResponse => {
  const coding = negotiate(request.headers["accept-encoding"], file)
  const bytes = file.codings.get(coding) ?? new Uint8Array(0)
  const etag = `"${file.hash}${coding === "identity" ? "" : `-${coding}`}"`
  const headers = { "cache-control": file.cacheControl, etag, vary: "accept-encoding" }
  if (matches(request.headers["if-none-match"], etag)) return HttpServerResponse.empty({ status: 304, headers })
  return HttpServerResponse.uint8Array(bytes, {
    contentType: file.contentType,
    headers: coding === "identity" ? headers : { ...headers, "content-encoding": coding }
  })
}

/** The smallest coding that the client takes and that is there. */
const negotiate = (acceptEncoding: string | undefined, { codings }: WebFile): Coding => {
  const accepted = new Set(
    (acceptEncoding ?? "")
      .split(",")
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(";", 1)[0])
  )
  const preferred: ReadonlyArray<Coding> = ["br", "gzip"]
  return preferred.find((coding) => codings.has(coding) && accepted.has(coding)) ?? "identity"
}

const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag)
