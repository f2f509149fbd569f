// What text may come from outside. Control characters, bidirectional overrides and invisible characters make one name look
// like another; lone surrogates and U+0000 cannot be stored by every database, so they never enter.
import { Schema } from "effect"
import * as Limits from "./Limits.ts"

/** A string as it arrives: bounded only to protect the parser; product limits are decoded by the handler into typed errors. */
export const WireText = Schema.String.check(Schema.isMaxLength(Limits.maxFrameBytes))

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })

/** How many characters a reader sees in `text`. */
export const graphemes = (text: string): number => {
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}

/** How many code points `text` has. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

// Controls, surrogates, separators, formats (bidirectional overrides among them) and all that is drawn as nothing; the joiner
// and the variation selectors that emoji are made of are looked at apart.
const forbiddenInNames =
  /(?!\u200D|\uFE0E|\uFE0F)[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

// A joiner or variation selector is part of an emoji only right behind a pictograph, a modifier or a keycap base.
const strayJoiner =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9])[\uFE0E\uFE0F]/u

/** Why a name is refused; `undefined` when it is fine. The name is trimmed and in NFC before it is asked about. */
export const nameIssue = (name: string): "Empty" | "TooLong" | "ForbiddenCharacters" | undefined => {
  if (name.length === 0) return "Empty"
  if (name.length > Limits.maxNameCodeUnits) return "TooLong"
  if (!name.isWellFormed() || forbiddenInNames.test(name) || strayJoiner.test(name)) return "ForbiddenCharacters"
  // Combining marks alone are graphemes without anything to see.
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name)) return "Empty"
  return graphemes(name) > Limits.maxNameGraphemes ? "TooLong" : undefined
}

/** A name as it is kept: trimmed, inner white space single, NFC. */
export const normalizeName = (raw: string): string => raw.normalize("NFC").replace(/\s+/gu, " ").trim()
