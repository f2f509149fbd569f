/** A line for a terminal that posts `text` to the address of an incoming webhook. */
export const curlOf = (address: string, text: string): string =>
  `curl -H ${quoted("content-type: application/json")} -d ${quoted(JSON.stringify({ text }))} ${quoted(address)}`

// As POSIX shells read it: a quote within quotes ends them, stands alone, and begins them again.
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`
