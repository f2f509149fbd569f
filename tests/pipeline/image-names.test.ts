import { spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"

const tool = resolve(import.meta.dirname, "../../tools/image-names.mjs")
const [older, newer] = ["a".repeat(40), "b".repeat(40)]

/** The names of the image of a commit that was pushed as `ref`, while `refs` are there. */
const namesOf = (ref: string, sha: string, refs: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool], {
    env: { GITHUB_REF: ref, GITHUB_SHA: sha },
    input: Object.entries(refs)
      .map(([ref, sha]) => `${sha} ${ref}\n`)
      .join(""),
    encoding: "utf8"
  })
  return status === 0 ? stdout.trim().split("\n") : stderr
}

describe("the image of a commit", () => {
  it("is called main while its commit is the newest of main", () => {
    expect(namesOf("refs/heads/main", newer, { "refs/heads/main": newer })).toEqual([`sha-${newer}`, "main"])
  })

  it("does not take main back from a newer commit, when its run is repeated or was slow", () => {
    const refs = { "refs/heads/main": newer, "refs/heads/main-2": older }
    expect(namesOf("refs/heads/main", older, refs)).toEqual([`sha-${older}`])
  })

  it("is called by its version, and by all that it is the newest of", () => {
    const refs = { "refs/tags/v1.9.0": older, "refs/tags/v1.10.0": newer, "refs/tags/v2.0.0-rc.1": newer }
    expect(namesOf("refs/tags/v1.10.0", newer, refs)).toEqual([`sha-${newer}`, "1.10.0", "1.10", "1", "latest"])
  })

  it("takes none of those back from a later version", () => {
    const refs = { "refs/tags/v1.2.3": older, "refs/tags/v1.2.4": newer, "refs/tags/v2.0.0": newer }
    expect(namesOf("refs/tags/v1.2.3", older, refs)).toEqual([`sha-${older}`, "1.2.3"])
    expect(namesOf("refs/tags/v1.2.4", newer, refs)).toEqual([`sha-${newer}`, "1.2.4", "1.2", "1"])
  })

  it("of a prerelease has no other name, and 0 is none", () => {
    expect(namesOf("refs/tags/v2.0.0-rc.1", newer, {})).toEqual([`sha-${newer}`, "2.0.0-rc.1"])
    const refs = { "refs/tags/v0.1.0": newer }
    expect(namesOf("refs/tags/v0.1.0", newer, refs)).toEqual([`sha-${newer}`, "0.1.0", "0.1", "latest"])
  })

  it("is refused for a tag that is no version", () => {
    expect(namesOf("refs/tags/vague", newer, {})).toContain("refs/tags/vague is no version")
  })
})
