// How somebody without a picture is shown: two letters on a colour of their own.

/** The first letters of the first and last word of a name, or the first two of its only word. */
export const initialsOf = (name: string): string => {
  const words = name.split(" ").filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = words[0] ?? name
  const last = words.at(-1)
  const letters =
    words.length > 1 && last !== undefined ? graphemesOf(first, 1) + graphemesOf(last, 1) : graphemesOf(first, 2)
  return letters.toLocaleUpperCase()
}

/** A hue in degrees that an id always gets, on any device. */
export const hueOf = (id: string): number => {
  // FNV-1a: ids made one after the other land far apart.
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  // Twenty steps are far enough apart to tell people from each other.
  return ((hash >>> 0) % 20) * 18
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

const graphemesOf = (word: string, count: number): string =>
  Array.from(segmenter.segment(word), ({ segment }) => segment)
    .slice(0, count)
    .join("")
