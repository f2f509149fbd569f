// Which passwords everybody guesses first: the list of zxcvbn, some 50,000 from published leaks, and what people make of
// those words when they are asked for a longer one. The list is loaded by the first question (about 40 ms and 5 MB), since most
// servers are never asked between two starts and none is in its first second.
let loading: Promise<ReadonlySet<string>> | undefined

const commonPasswords = (): Promise<ReadonlySet<string>> =>
  (loading ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set<string>(dictionary["passwords-common"])
  ))

/** The most digits and signs around a common password that leave it common: a year and two signs. */
const maxOrnaments = 6

/** Repeated, a unit of up to this many characters is no better than the unit, be it common or not. */
const maxRepeatedUnit = 4

/**
 * Whether a password is common, whatever its case: on the list, or a word of the list with a few digits and signs before or
 * behind it, or one unit over and over. Most of the list is shorter than our shortest password, hence the two latter rules.
 */
export const isCommon = async (password: string): Promise<boolean> => {
  const folded = password.toLowerCase()
  const list = await commonPasswords()
  if (list.has(folded)) return true
  const word = folded.replace(/^[\P{L}]+|[\P{L}]+$/gu, "")
  if (folded.length - word.length <= maxOrnaments && list.has(word)) return true
  const unit = repeatedUnit(folded)
  return unit !== undefined && (Array.from(unit).length <= maxRepeatedUnit || list.has(unit))
}

/** The shortest text that `text` consists of, twice or more. */
const repeatedUnit = (text: string): string | undefined => {
  // A text that is some unit repeated is found in its own double before its second half begins.
  const length = (text + text).indexOf(text, 1)
  return length < text.length ? text.slice(0, length) : undefined
}
