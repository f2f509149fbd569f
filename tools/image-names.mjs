// The names of the image of this commit, one a line, for .github/workflows/image.yml. It reads `SHA REF` of main and of the tags,
// as they are now, from its input: names that move (main, latest, 1.2, 1) never move back, whatever run is repeated.
import { readFileSync } from "node:fs"

const { GITHUB_REF: ref = "", GITHUB_SHA: sha = "" } = process.env
const refs = new Map(
  readFileSync(0, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ").toReversed())
)

const version = /^refs\/tags\/v(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/

/** Major, minor and patch, of what is no prerelease. */
const numbersOf = (tag) => {
  const [found, major, minor, patch, before] = version.exec(tag) ?? []
  return found === undefined || before !== undefined ? [] : [[major, minor, patch].map(Number)]
}

const compare = (one, other) => one.map((number, index) => number - other[index]).find((by) => by !== 0) ?? 0

/** 1.2.3, and 1.2, 1 and latest unless there is a later one of those; 0 promises nothing, so it is no name. */
const namesOf = (tag) => {
  if (!version.test(tag)) throw new Error(`${tag} is no version: v1.2.3, or v1.2.3-rc.1`)
  const names = [tag.replace("refs/tags/v", "")]
  const [numbers] = numbersOf(tag)
  if (numbers === undefined) return names
  const later = [...refs.keys()].flatMap(numbersOf).filter((other) => compare(other, numbers) > 0)
  for (const length of [2, 1, 0]) {
    const name = numbers.slice(0, length).join(".")
    const isNewest = !later.some((other) => other.slice(0, length).join(".") === name)
    if (isNewest && name !== "0") names.push(name === "" ? "latest" : name)
  }
  return names
}

const names = [`sha-${sha}`]
if (ref.startsWith("refs/tags/")) names.push(...namesOf(ref))
else if (ref === "refs/heads/main" && refs.get(ref) === sha) names.push("main")
console.log(names.join("\n"))
