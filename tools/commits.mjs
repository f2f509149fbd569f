// `npm run check:commits`: are the messages of commits conventional (https://www.conventionalcommits.org/en/v1.0.0/)?
// Without arguments it looks at what the default branch of `origin` does not have yet, or, where there is no such branch or
// nothing new, at every commit that is there; in a shallow clone those are the few that were fetched. Also:
//   -- FROM..TO         the commits of a range
//   -- --message FILE   one message before it is committed, for .githooks/commit-msg
import conventional from "@commitlint/config-conventional"
import lint from "@commitlint/lint"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

const error = 2
const off = [0]
/** Where we differ from config-conventional, and why. All of the history meets these. */
const deviations = {
  // A header here is a sentence about what is true from now on; 100 cut off every fifth of them.
  "header-max-length": [error, "always", 160],
  // Subjects begin with names as they are written: REST, Phoenix Channels, SQLite.
  "subject-case": off,
  // Bodies and footers are prose and links, which whoever reads them wraps.
  "body-max-line-length": off,
  "footer-max-line-length": off,
  // Else `git log` and every tool takes the body for part of the header.
  "body-leading-blank": [error, "always"]
}
const rules = { ...conventional.rules, ...deviations }
const types = rules["type-enum"][2].join(", ")
// The grammar of the convention, with "!" for what breaks; commitlint's own is that of Angular, which has none.
const parserOpts = {
  headerPattern: /^(\w*)(?:\((.*)\))?!?: (.*)$/,
  breakingHeaderPattern: /^(\w*)(?:\((.*)\))?!: (.*)$/
}

// What to do about each rule; a rule that is not here is told in commitlint's own words.
const mending = {
  "type-empty": `it does not begin with a type, a colon and a space: write "type(part): what is true now", type being one of ${types}.`,
  "type-enum": `its type is none of ${types}: take the nearest.`,
  "type-case": "its type is not in small letters: write it so.",
  "subject-empty": `nothing follows the type: write "type(part): what is true now".`,
  "subject-full-stop": "its header ends with a full stop: leave it out.",
  "header-max-length": "its header is longer than 160 characters: leave the details to the body, below an empty line.",
  "header-trim": "its header begins or ends with a space: remove it.",
  "body-leading-blank": "its body follows the header at once: put an empty line between them."
}

const git = (...args) =>
  execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 })
const answerOf = (...args) => {
  try {
    return git(...args).trim()
  } catch {
    return undefined
  }
}

const faultsOf = async (message) => {
  if (message.trim() === "") return ["it is empty: say what is true now."]
  // commitlint passes over fixups, "WIP" and "Revert …" by default; on the default branch they are messages like others.
  const { errors } = await lint(message, rules, { defaultIgnores: false, parserOpts })
  // No type and no subject is one mistake: a header without a colon.
  const names = new Set(errors.map(({ name }) => name))
  return errors
    .filter(({ name }) => !(name === "subject-empty" && names.has("type-empty")))
    .map(({ name, message: words }) => mending[name] ?? `${words}.`)
}

const tell = (which, message, faults) => {
  console.error(`${which} ${JSON.stringify(message.split("\n")[0])}`)
  for (const fault of faults) console.error(`  ${fault}`)
}

/** One message as git hands it to a hook: with comments, and perhaps the diff below the scissors. */
const checkFile = async (file) => {
  const written = readFileSync(file, "utf8").split(/^# -+ >8 -+$/m)[0]
  const message = execFileSync("git", ["stripspace", "--strip-comments"], { input: written, encoding: "utf8" })
  // They are meant to be melted into another before anybody sees them; the check of the whole finds those that were not.
  if (/^(?:fixup|squash|amend)! /.test(message) || message.startsWith("Merge ")) return true
  const faults = await faultsOf(message)
  if (faults.length > 0) tell("The commit message is not conventional:", message, faults)
  return faults.length === 0
}

const rangeByDefault = () => {
  const head = answerOf("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD") ?? "origin/main"
  const isThere = answerOf("rev-parse", "--verify", "--quiet", `${head}^{commit}`) !== undefined
  if (!isThere) return "HEAD"
  const range = `${head}..HEAD`
  return git("rev-list", "--count", range).trim() === "0" ? "HEAD" : range
}

const checkCommits = async (range) => {
  // Merges carry git's own words; what they bring in is looked at by itself.
  const log = git("log", "-z", "--no-merges", "--format=%h%n%B", range, "--")
  const commits = log.split("\0").filter((entry) => entry !== "")
  let bad
  for (const entry of commits) {
    const end = entry.indexOf("\n")
    const [hash, message] = [entry.slice(0, end), entry.slice(end + 1)]
    const faults = await faultsOf(message.trimEnd())
    if (faults.length === 0) continue
    tell(hash, message, faults)
    bad = hash
  }
  if (bad === undefined) {
    const isShallow = git("rev-parse", "--is-shallow-repository").trim() === "true"
    const where = range === "HEAD" ? (isShallow ? "all that this shallow clone has" : "all there are") : range
    console.log(`ok     Commits (${commits.length}: ${where})`)
    return true
  }
  console.error(
    `\nMend the last commit with "git commit --amend", others with "git rebase --interactive ${bad}^" and "reword".`
  )
  return false
}

const [first, second] = process.argv.slice(2)
if (first === "--message" && second !== undefined) {
  if (!(await checkFile(second))) process.exit(1)
} else if (answerOf("rev-parse", "--verify", "HEAD") === undefined) {
  // An unpacked archive has no commits to check, and is no worse for it.
  console.log("ok     Commits (this is not a git repository with commits)")
} else {
  const range = first ?? rangeByDefault()
  if (answerOf("rev-list", "--max-count=1", range, "--") === undefined) {
    console.error(
      `${range} names no commits here: give FROM..TO, and fetch more of the history if this clone is shallow.`
    )
    process.exit(1)
  }
  if (!(await checkCommits(range))) process.exit(1)
}
