// How somebody without a picture is shown: two letters on a colour of their own.
import type { User } from "@messenger/protocol/Account"
import { avatarColours } from "@messenger/protocol/Limits"

/** The first letters of the first and last word of a name, or the first two of its only word. */
export const initialsOf = (name: string): string => {
  const words = name.split(" ").filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = words[0] ?? name
  const last = words.at(-1)
  const letters =
    words.length > 1 && last !== undefined ? graphemesOf(first, 1) + graphemesOf(last, 1) : graphemesOf(first, 2)
  return letters.toLocaleUpperCase()
}

/** The place in the palette of somebody's colour: the one they chose, else one that their id always gets, on any device. */
export const colourOf = ({ id, colour }: Pick<User, "id" | "colour">): number => colour ?? colourOfId(id)

/** The place in the palette of the colour that comes of an id. */
export const colourOfId = (id: string): number => {
  // FNV-1a: ids made one after the other land far apart.
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % avatarColours
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

const graphemesOf = (word: string, count: number): string =>
  Array.from(segmenter.segment(word), ({ segment }) => segment)
    .slice(0, count)
    .join("")
