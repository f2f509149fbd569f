// The built web client, held in memory. Files under /assets/ carry a hash in their name and are kept for ever by browsers; all
// others are asked for again each time, which costs 304 and no bytes.
import { Cause, Context, Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"

/** How the bytes of a file are written. */
export type Coding = "br" | "gzip" | "identity"

/** One file; `codings` has at least `identity`, and the others as soon as they have been made. */
export interface WebFile {
  readonly contentType: string
  readonly cacheControl: string
  /** Of the plain bytes; a coding is a representation of its own and gets its own tag. */
  readonly hash: string
  readonly codings: Map<Coding, Uint8Array>
}

/** Bytes as a file that is asked for again each time. */
export const webFile = (bytes: Uint8Array, contentType: string): WebFile => ({
  contentType,
  cacheControl: "no-cache",
  hash: createHash("sha256").update(bytes).digest("base64url").slice(0, 22),
  codings: new Map([["identity", bytes]])
})

export class WebClient extends Context.Service<
  WebClient,
  {
    /** The file at a path of the URL, like `/assets/app.js`. */
    readonly file: (path: string) => WebFile | undefined
  }
>()("@messenger/server/web/WebClient") {
  /** Reads the folder whole, and compresses in the background. A folder that does not exist is an empty client. */
  static readonly layer = (folder: string) =>
    Layer.effect(
      WebClient,
      Effect.gen(function* () {
        const files = yield* Effect.promise(() => readFolder(folder))
        yield* Effect.forEach(
          [...files.values()].filter(({ extension }) => compressible.has(extension)),
          compress,
          { discard: true }
        ).pipe(
          Effect.catchDefect((defect) => Effect.logError("The web client is served uncompressed", Cause.die(defect))),
          Effect.forkScoped
        )
        return WebClient.of({ file: (path) => files.get(path) })
      })
    )
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2"
}

const compressible = new Set([".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".wasm", ".webmanifest"])

const readFolder = async (folder: string): Promise<ReadonlyMap<string, WebFile & { readonly extension: string }>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name)
        const bytes = await readFile(path)
        const url = path.slice(join(folder, "/").length).replaceAll("\\", "/")
        const extension = extname(path)
        const file = {
          ...webFile(bytes, contentTypes[extension] ?? "application/octet-stream"),
          extension,
          ...(url.startsWith("assets/") ? { cacheControl: "public, max-age=31536000, immutable" } : {})
        }
        return [`/${url}`, file] as const
      })
    )
  )
}

// Below this many bytes a compressed file saves no packet.
const worthCompressing = 1_024

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

/** Adds the other codings of a file. In zlib's own threads; until it is done the plain bytes are sent. */
export const compress = Effect.fnUntraced(function* ({ codings }: WebFile) {
  const bytes = codings.get("identity")
  if (bytes === undefined || bytes.length < worthCompressing) return
  const brotli = yield* Effect.promise(() =>
    toBrotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    })
  )
  if (brotli.length < bytes.length) codings.set("br", brotli)
  const zipped = yield* Effect.promise(() => toGzip(bytes, { level: 9 }))
  if (zipped.length < bytes.length) codings.set("gzip", zipped)
})
