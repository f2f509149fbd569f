// Small things this device remembers. A browser may refuse to keep anything for a page (full, private, forbidden by its owner);
// then they last as long as the page, which is all that is lost.
const unkept = new Map<string, string>()

/** What was remembered under `key`. */
export const recall = (key: string): string | undefined => {
  try {
    return localStorage.getItem(`messenger:${key}`) ?? unkept.get(key)
  } catch {
    return unkept.get(key)
  }
}

/** Remembers `value` under `key`. */
export const remember = (key: string, value: string): void => {
  try {
    localStorage.setItem(`messenger:${key}`, value)
    unkept.delete(key)
  } catch {
    unkept.set(key, value)
  }
}

/** Forgets what was remembered under `key`. */
export const forget = (key: string): void => {
  unkept.delete(key)
  try {
    localStorage.removeItem(`messenger:${key}`)
  } catch {
    // Nothing is kept here, so nothing is left.
  }
}
