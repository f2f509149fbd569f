import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

const tool = resolve(import.meta.dirname, "../../tools/commits.mjs")

// Git hooks leave variables that name the repository they run for.
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null"
}

let folder: string
let repository: string

const git = (...args: ReadonlyArray<string>) => execFileSync("git", args, { cwd: repository, env, encoding: "utf8" })

const commit = (message: string) =>
  execFileSync(
    "git",
    ["commit", "--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "--file=-"],
    {
      cwd: repository,
      env,
      input: message
    }
  )

/** What `npm run check:commits` answers there. */
const checked = (args: ReadonlyArray<string> = [], cwd = repository) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { cwd, env, encoding: "utf8" })
  return { isGood: status === 0, said: stdout + stderr }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "messenger-commits-"))
  repository = join(folder, "repository")
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", repository], { env })
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Messages, and what is said of them. */
const refused = [
  ["Added stuff", "does not begin with a type"],
  ["feature: rooms may be archived", "its type is none of build, chore"],
  ["Feat: rooms may be archived", "not in small letters"],
  ["feat:", "does not begin with a type"],
  ["feat: rooms may be archived.", "ends with a full stop"],
  [`feat: rooms may be ${"very ".repeat(30)}archived`, "longer than 160 characters"],
  ["feat: rooms may be archived\nby their owners", "put an empty line between them"],
  ["fixup! feat: rooms may be archived", "does not begin with a type"],
  ['Revert "feat: rooms may be archived"', "does not begin with a type"],
  ["", "it is empty"]
] as const

describe("the messages of commits", () => {
  it("are good when they say type, part and what is true now", () => {
    commit("feat(chat): rooms may be archived")
    commit("fix: REST answers in the language of the asker\n\nA long line of prose " + "that goes on ".repeat(20))
    commit("refactor(otp)!: a mailbox is bounded\n\nBREAKING CHANGE: give a bound")
    expect(checked()).toEqual({ isGood: true, said: "ok     Commits (3: all there are)\n" })
  })

  it("are refused otherwise, each with a sentence that says what to do", () => {
    commit("chore: begin")
    const hashes = refused.map(([message]) => {
      commit(message)
      return git("log", "-1", "--format=%h").trim()
    })
    const { isGood, said } = checked()
    expect(isGood).toBe(false)
    for (const [place, [message, sentence]] of refused.entries()) {
      const [, told = ""] = said.split(`${hashes[place]} ${JSON.stringify(message.split("\n")[0])}\n`)
      expect(told.split(/^\S/m)[0]).toContain(sentence)
    }
    expect(said).toContain("git commit --amend")
  })

  it("of a merge are git's own, and what it brings in is looked at", () => {
    commit("chore: begin")
    git("switch", "--quiet", "--create", "side")
    commit("no type")
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    const { said } = checked()
    expect(said).toContain("no type")
    expect(said).not.toContain("Merge branch")
  })
})

describe("which commits are looked at", () => {
  it("are by default those that the default branch of origin does not have", () => {
    commit("bad, and long published")
    const clone = join(folder, "clone")
    execFileSync("git", ["clone", "--quiet", repository, clone], { env })
    expect(checked([], clone).said).toContain("long published")
    execFileSync("git", ["commit", "--quiet", "--allow-empty", "--message=feat: new"], { cwd: clone, env })
    expect(checked([], clone)).toEqual({ isGood: true, said: "ok     Commits (1: origin/main..HEAD)\n" })
  })

  it("are the few that a shallow clone has", () => {
    commit("bad, and not fetched")
    commit("feat: fetched")
    const clone = join(folder, "clone")
    execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${repository}`, clone], { env })
    expect(checked([], clone)).toEqual({ isGood: true, said: "ok     Commits (1: all that this shallow clone has)\n" })
    const { isGood, said } = checked(["HEAD~1..HEAD"], clone)
    expect(isGood).toBe(false)
    expect(said).toContain("fetch more of the history")
  })

  it("are those of a range that is named", () => {
    commit("bad")
    commit("feat: one")
    commit("feat: two")
    expect(checked(["HEAD~2..HEAD"])).toEqual({ isGood: true, said: "ok     Commits (2: HEAD~2..HEAD)\n" })
  })

  it("are none where there is no repository, as in an unpacked archive", () => {
    expect(checked([], folder).isGood).toBe(true)
  })
})

describe("a message before it is committed", () => {
  const checkedMessage = (text: string) => {
    const file = join(folder, "message")
    writeFileSync(file, text)
    return checked(["--message", file])
  }

  it("is looked at without git's comments and what is below the scissors", () => {
    const scissors = "# ------------------------ >8 ------------------------"
    expect(checkedMessage(`feat: one\n# Please enter\n${scissors}\ndiff`).isGood).toBe(true)
    expect(checkedMessage("Added stuff\n# feat: one\n").said).toContain("does not begin with a type")
  })

  it("may be a fixup, which the check of all commits refuses if it is never melted in", () => {
    expect(checkedMessage("fixup! feat: one").isGood).toBe(true)
  })
})
