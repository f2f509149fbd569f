// What a name looks like, whatever it is made of: two names with one fold are one name to a reader.
import unhomoglyph from "unhomoglyph"

/** Case, width and confusable characters folded away (Unicode TR39 skeleton, as in confusables.txt), spaces and punctuation kept out. */
export const foldName = (name: string): string =>
  unhomoglyph(unhomoglyph(name.normalize("NFKD")).toLowerCase().normalize("NFKD"))
    .toLowerCase()
    .replace(/[\s\p{P}]/gu, "")
    // A capital I looks like an l and is an i: without this KIM would be another name than kim.
    .replaceAll("i", "l")

/** An address as it is compared: whole, without case. */
export const foldEmail = (email: string): string => email.trim().normalize("NFKC").toLowerCase()
