// The screens, built and served under the policy that the server sends with the product.
import { existsSync } from "node:fs"
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

/** Serves the screens in `outDir` on a free port, after building them if nobody has; `close` ends that. */
export const serveScreens = async (
  outDir: string
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const configFile = join(import.meta.dirname, "vite.config.ts")
  if (!existsSync(join(outDir, "index.html")))
    await build({ configFile, logLevel: "error", build: { outDir, emptyOutDir: true } })
  const server = await preview({
    configFile,
    logLevel: "error",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1", headers: { "content-security-policy": policy } }
  })
  const url = server.resolvedUrls?.local[0]
  if (url === undefined) throw new Error("The screens are served nowhere.")
  return { url, close: () => server.close() }
}
