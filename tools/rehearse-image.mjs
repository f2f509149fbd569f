// `npm run image:rehearse`: what `docker build` and `docker run` would do with the Dockerfile, without a container engine. The steps
// are read from the Dockerfile itself and run in its order, with its environment, each stage in a clean folder of its own; then
// containers run on the result, on a read-only root, as the image's user. It needs Linux with `unshare`.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { freemem, tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "./image/Builder.ts"
import { containerConfigOf, stagesOf } from "./image/Dockerfile.ts"
import { Rehearsal } from "./image/Rehearsal.ts"

/** What all stages together take, generously, in bytes. */
const roomNeeded = 4e9

const [, script, folder] = process.argv
if (folder === undefined) enterNamespace()
else await rehearse()

// In a mount namespace of its own, so that the folder can be in memory, where there is enough of it, and is gone with the process.
function enterNamespace() {
  const namespace = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"]
  if (spawnSync("unshare", [...namespace, "true"]).status !== 0) {
    console.error("This needs a Linux mount namespace, which this machine does not allow: run docker build instead.")
    process.exit(1)
  }
  const folder = mkdtempSync(join(tmpdir(), "messenger-image-"))
  const { status } = spawnSync("unshare", [...namespace, process.execPath, script, folder], { stdio: "inherit" })
  rmSync(folder, { recursive: true, force: true })
  process.exit(status ?? 1)
}

async function rehearse() {
  const began = performance.now()
  if (freemem() > roomNeeded) spawnSync("mount", ["-t", "tmpfs", "rehearsal", folder])
  const stages = stagesOf(readFileSync("Dockerfile", "utf8"))
  const image = stages.at(-1)
  const report = (text) => console.log(text)
  const ignoreFile = readFileSync(".dockerignore", "utf8")
  const built = await build(stages, image.name, { context: process.cwd(), ignoreFile, folder, report })
  await new Rehearsal(built, containerConfigOf(image), folder, report).run()
  const layers = built.layers.filter(({ bytes }) => bytes > 0)
  console.log("\nWhat the image adds to that of Node:")
  for (const { line, bytes } of layers) console.log(`${megabytes(bytes)}  ${line}`)
  console.log(`${megabytes(layers.reduce((sum, { bytes }) => sum + bytes, 0))}  in all`)
  console.log(`\nThe image was rehearsed in ${((performance.now() - began) / 1000).toFixed(0)} s.`)
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1).padStart(6)} MB`
}
