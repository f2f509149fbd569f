// Which parts of a message's text are links on the Web. Only what names its scheme: in the conversations of a team "notes.md" is a
// file and no site.
import { tokenize } from "linkifyjs"

/** A stretch of a text; with `href` it is a link, to http or https. */
export interface TextPart {
  readonly text: string
  readonly href?: string
}

/** The parts of a text, in order; put together they are the text. */
export const textParts = (text: string): ReadonlyArray<TextPart> => {
  // Most texts have none, and cost nothing then.
  if (!/https?:\/\//i.test(text)) return [{ text }]
  return tokenize(text).map((token) => {
    const value = token.toString()
    const href = token.isLink ? hrefOf(value) : undefined
    return href === undefined ? { text: value } : { text: value, href }
  })
}

const hrefOf = (value: string): string | undefined => {
  if (!/^https?:\/\//i.test(value)) return undefined
  const url = URL.parse(value)
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.href : undefined
}
