import { Schema } from "effect"
import { globSync, readFileSync } from "node:fs"
import { join, matchesGlob, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"

const root = resolve(import.meta.dirname, "../..")
const read = (file: string) => readFileSync(join(root, file), "utf8")

const Interval = Schema.Literals(["daily", "weekly", "monthly"])

/** What GitHub's reference of dependabot.yml allows, as far as it is used here. */
const Dependabot = Schema.Struct({
  version: Schema.Literal(2),
  updates: Schema.Array(
    Schema.Struct({
      "package-ecosystem": Schema.Literals(["npm", "docker", "docker-compose", "github-actions", "terraform"]),
      directory: Schema.optionalKey(Schema.String),
      directories: Schema.optionalKey(Schema.Array(Schema.String)),
      schedule: Schema.Struct({ interval: Interval }),
      cooldown: Schema.optionalKey(Schema.Struct({ "default-days": Schema.Number })),
      "commit-message": Schema.Struct({
        prefix: Schema.Literals(["build", "ci"]),
        include: Schema.optionalKey(Schema.Literal("scope"))
      }),
      groups: Schema.Record(
        Schema.String,
        Schema.Struct({
          patterns: Schema.optionalKey(Schema.Array(Schema.String)),
          "update-types": Schema.optionalKey(Schema.Array(Schema.Literals(["major", "minor", "patch"])))
        })
      )
    })
  )
})

/** What Dependabot looks for in a folder: by its source, files of such names with such a text, and it says nothing of others. */
const found = {
  npm: { files: "package.json", text: /"(?:devD|d)ependencies"/ },
  docker: { files: "*[Dd]ockerfile*", text: /^FROM /m },
  "docker-compose": { files: "{docker-,}compose{,.*}.{yml,yaml}", text: /^services:/m },
  "github-actions": { files: "{.github/workflows/*.{yml,yaml},action.{yml,yaml}}", text: /\buses: / },
  terraform: { files: "*.tf", text: /\brequired_providers\b/ }
}

describe("dependabot.yml", () => {
  const { updates } = Schema.decodeUnknownSync(Dependabot)(parse(read(".github/dependabot.yml")), {
    onExcessProperty: "error"
  })

  it("says of everything that has versions where it is, once", () => {
    for (const { directory, directories } of updates) {
      expect([directory, directories].filter((each) => each !== undefined)).toHaveLength(1)
    }
    expect(updates.map((update) => update["package-ecosystem"]).toSorted()).toEqual([
      "docker",
      "docker-compose",
      "github-actions",
      "npm",
      "terraform"
    ])
  })

  it("looks into every folder that has a lock file of npm", () => {
    const locks = globSync("{.,tests/*}/package-lock.json", { cwd: root, exclude: ["**/node_modules/**"] })
    const npm = updates.find((update) => update["package-ecosystem"] === "npm")
    expect(npm?.directories?.toSorted()).toEqual(
      locks.map((lock) => `/${lock.replace(/\/?package-lock\.json$/, "")}`).toSorted()
    )
  })

  it.each(updates)("finds in each folder of $package-ecosystem a file that it reads", (update) => {
    const { files, text } = found[update["package-ecosystem"]]
    for (const folder of update.directories ?? [update.directory ?? ""]) {
      const names = globSync(files, { cwd: join(root, folder) })
      expect([folder, names.some((name) => text.test(read(join(folder, name))))]).toEqual([folder, true])
    }
  })

  it("finds every image that a compose file names", () => {
    const folders = updates
      .filter((update) => update["package-ecosystem"] === "docker-compose")
      .flatMap(({ directory, directories }) => directories ?? [directory ?? ""])
    const { files, text } = found["docker-compose"]
    const isSeen = (file: string) =>
      folders.some((folder) => matchesGlob(`/${file}`, join(folder, files))) && text.test(read(file))
    const naming = globSync("{*,deploy/**/*}.{yml,yaml}", { cwd: root }).filter((file) =>
      /^ +image: /m.test(read(file))
    )
    expect(naming.length).toBeGreaterThan(2)
    expect(naming.filter((file) => !isSeen(file))).toEqual([])
  })
})
