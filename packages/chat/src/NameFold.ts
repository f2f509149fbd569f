// What a name looks like, whatever it is made of: two names with one fold are one name to a reader.
import { deletedName } from "@messenger/storage/Accounts"
import unhomoglyph from "unhomoglyph"

/**
 * Case, width and confusable characters folded away (Unicode TR39 skeleton, as in confusables.txt), spaces and punctuation kept out;
 * a name of nothing but punctuation is its punctuation.
 */
export const foldName = (name: string): string => {
  const seen = skeletonOf(name)
  const letters = withoutPunctuation(seen)
  // A capital I looks like an l and is an i: without this KIM would be another name than kim.
  return (letters === "" ? seen : letters).replaceAll("i", "l")
}

/** Whether a reader sees nothing but spaces and punctuation. */
export const isPunctuation = (name: string): boolean => withoutPunctuation(skeletonOf(name)) === ""

/** Whether the name looks like the one that all deleted accounts have; nobody else is called so. */
export const isReserved = (name: string): boolean => foldName(name) === foldName(deletedName)

const skeletonOf = (name: string): string =>
  unhomoglyph(unhomoglyph(name.normalize("NFKD")).toLowerCase().normalize("NFKD"))
    .toLowerCase()
    .replace(/\s/g, "")

const withoutPunctuation = (text: string): string => text.replace(/\p{P}/gu, "")

/** An address as it is compared: whole, without case. */
export const foldEmail = (email: string): string => email.trim().normalize("NFKC").toLowerCase()
