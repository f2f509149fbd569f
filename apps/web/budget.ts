// How much JavaScript a reader waits for before the first room is on the screen, and the most it may be.
import { gzipSync } from "node:zlib"
import type { Plugin, Rolldown } from "vite"

/** The most initial JavaScript, in bytes after gzip. */
export const initialBudget = 110 * 1000

/** A file that is loaded before anything is shown, with its size in bytes after gzip. */
export interface InitialFile {
  readonly fileName: string
  readonly bytes: number
}

/** The entry and everything it imports, directly or through others; what is imported on demand is not in it. */
export const initialFiles = (
  bundle: ReadonlyArray<Rolldown.OutputChunk | Rolldown.OutputAsset>
): ReadonlyArray<InitialFile> => {
  const chunks = new Map(bundle.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])))
  const reached = new Set<string>()
  const reach = (fileName: string): void => {
    const chunk = chunks.get(fileName)
    if (chunk === undefined || reached.has(fileName)) return
    reached.add(fileName)
    for (const imported of chunk.imports) reach(imported)
  }
  for (const chunk of chunks.values()) if (chunk.isEntry) reach(chunk.fileName)
  return [...reached].map((fileName) => ({ fileName, bytes: gzipSync(chunks.get(fileName)?.code ?? "").length }))
}

/** Prints the initial JavaScript of a build, and fails it when that is more than the budget. */
export const budget: Plugin = {
  name: "initial-javascript-budget",
  apply: "build",
  writeBundle(_options, bundle) {
    const files = initialFiles(Object.values(bundle))
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
    for (const { fileName, bytes } of files) console.log(`  ${fileName}  ${kilobytes(bytes)}`)
    console.log(`Initial JavaScript: ${kilobytes(total)} gzip of ${kilobytes(initialBudget)}.`)
    if (total > initialBudget)
      this.error("The initial JavaScript is larger than its budget: load more of it on demand.")
  }
}
