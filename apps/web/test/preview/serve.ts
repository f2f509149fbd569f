// The screens, built and served under the policy that the server sends with the product.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build, preview } from "vite"

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'"
].join("; ")

/** Builds the screens into a folder of their own and serves them on a free port; `close` ends that. */
export const serveScreens = async (): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const configFile = join(import.meta.dirname, "vite.config.ts")
  const outDir = await mkdtemp(join(tmpdir(), "messenger-screens-"))
  await build({ configFile, logLevel: "error", build: { outDir, emptyOutDir: true } })
  const server = await preview({
    configFile,
    logLevel: "error",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1", headers: { "content-security-policy": policy } }
  })
  const url = server.resolvedUrls?.local[0]
  if (url === undefined) throw new Error("The screens are served nowhere.")
  return {
    url,
    close: async () => {
      await server.close()
      await rm(outDir, { recursive: true })
    }
  }
}
