// Names in the order in which people look for them.
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

/** Compares two by their names, whatever their case and accents. */
export const byName =
  <One>(nameOf: (one: One) => string) =>
  (a: One, b: One): number =>
    collator.compare(nameOf(a), nameOf(b))
