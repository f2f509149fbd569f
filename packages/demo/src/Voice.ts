// How one and the same line sounds from different people.
import type { Voice } from "./People.ts"
import type { Random } from "./Random.ts"

/** What is left alone: code, lists, quotations, more than one line of something. */
const isProse = (text: string): boolean => !/\n {2}|[{};=]|^[-*>$#]|https?:/m.test(text)

/** The text as somebody with this voice writes it: one message, or several sent after each other. */
export const inVoice = (text: string, voice: Voice, random: Random): ReadonlyArray<string> => {
  if (!isProse(text)) return [text]
  const parts = random.chance(voice.bursts) ? sentences(text) : [text]
  const styled = parts.map((part) => style(part, voice))
  const last = styled.at(-1)
  if (last === undefined || !random.chance(voice.emojiRate) || hasEmoji(last) || last.includes("\n")) return styled
  return [...styled.slice(0, -1), `${last.replace(/\.$/, "")} ${random.pick(voice.emoji)}`]
}

/** The text with a slip of the fingers, to be mended by an edit; `undefined` when there is no word long enough. */
export const withSlip = (text: string, random: Random): string | undefined => {
  const words = [...text.matchAll(/(?<![@/\w.-])[a-z]{6,}(?![\w./-])/g)]
  if (!isProse(text) || words.length === 0) return undefined
  const word = random.pick(words)
  const place = word.index + random.between(1, word[0].length - 3)
  const slipped = text.slice(0, place) + (text[place + 1] ?? "") + (text[place] ?? "") + text.slice(place + 2)
  return slipped === text ? undefined : slipped
}

const hasEmoji = (text: string): boolean => /\p{Extended_Pictographic}/u.test(text)

// Two at most: who sends every sentence alone is hard to read.
const sentences = (text: string): ReadonlyArray<string> => {
  if (text.includes("\n")) return [text]
  const end = /[.!?] (?=[A-Z])/.exec(text)
  if (end === null || end.index < 3) return [text]
  return [text.slice(0, end.index + 1), text.slice(end.index + 2)]
}

const style = (text: string, voice: Voice): string => {
  switch (voice.style) {
    case "lower":
      return text
        .replace(
          /(^|[.!?:] |\n)([A-Z])(?=[a-z' ])(?!\S+ (?:[A-Z][a-z]|&))(?!\w*[a-z][A-Z])/g,
          (_, before: string, letter: string) => before + letter.toLowerCase()
        )
        .replace(/(?<=[\s("])I(?=[\s',.)]|$)/g, "i")
        .replace(/(?<!\.)\.$/, "")
    case "careful":
      return /[\p{L}\p{N}"')]$/u.test(text) && !text.includes("\n") && text.length > 12 ? `${text}.` : text
    case "plain":
      return text
  }
}
