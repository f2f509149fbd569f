// What `npm pack` runs before and after: in the workspace this package is its sources, which Node does not run out of node_modules,
// and the contract is a package of its own. In the archive it is JavaScript and declarations, with the contract inside.
import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, posix, relative } from "node:path"

const root = import.meta.dirname
const dist = join(root, "dist")
const manifest = join(root, "package.json")
const kept = join(root, "package.json.kept")
const license = join(root, "LICENSE")

/** Takes away what `before` has made, also of a run that was broken off. */
const after = () => {
  if (existsSync(kept)) renameSync(kept, manifest)
  rmSync(dist, { recursive: true, force: true })
  rmSync(license, { force: true })
}

const before = () => {
  after()
  const compiler = join(root, "../../node_modules/.bin/tsc")
  const { status } = spawnSync(compiler, ["-p", "tsconfig.pack.json"], { cwd: root, stdio: ["ignore", 2, 2] })
  if (status !== 0) throw new Error("The sources do not compile")
  const emitted = join(dist, "emitted")
  for (const [from, to] of [
    ["client/src", "."],
    ["protocol/src", "protocol"]
  ]) {
    for (const file of globSync("**/*.{js,d.ts}", { cwd: join(emitted, from) })) {
      const target = join(dist, to, file)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, relinked(readFileSync(join(emitted, from, file), "utf8"), join(to, file)))
    }
  }
  rmSync(emitted, { recursive: true })
  copyFileSync(join(root, "../../LICENSE"), license)
  const { dependencies, devDependencies: _, scripts: __, ...rest } = JSON.parse(readFileSync(manifest, "utf8"))
  const { "@messenger/protocol": ___, ...foreign } = dependencies
  renameSync(manifest, kept)
  const packed = {
    ...rest,
    engines: { node: ">=22" },
    files: ["dist"],
    exports: {
      "./*": { types: "./dist/*.d.ts", default: "./dist/*.js" },
      "./internal/*": null
    },
    dependencies: foreign
  }
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`)
}

/** The text of a file with its imports pointed to where things are in the archive. */
const relinked = (text, file) =>
  text.replace(/((?:from|import)\s*\(?\s*)"(@messenger\/protocol\/|\.\.?\/)([^"]+)"/g, (_, keyword, place, name) => {
    if (place.startsWith(".")) return `${keyword}"${place}${name.replace(/\.ts$/, ".js")}"`
    const path = posix.normalize(relative(dirname(file), join("protocol", `${name}.js`)).replaceAll("\\", "/"))
    return `${keyword}"${path.startsWith(".") ? path : `./${path}`}"`
  })

const steps = { before, after }
const step = steps[process.argv[2]]
try {
  step()
} catch (error) {
  after()
  throw error
}
