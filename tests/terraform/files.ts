import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The Terraform files of a folder, by name. */
export const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    globSync("*.tf", { cwd: folder })
      .toSorted()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")])
  )
