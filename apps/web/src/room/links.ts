// Which parts of a plain text are links. The text is never parsed as markup: parts become text nodes and anchors.
import { tokenize } from "linkifyjs"

/** A stretch of a message's text; with `href` it is a link. */
export interface Part {
  readonly text: string
  readonly href: string | undefined
}

const allowed = new Set(["http:", "https:", "mailto:"])

/**
 * The parts of a text, in order. Only what names its scheme (http, https, mailto) is a link, and mail addresses: in the
 * conversations of a team "notes.md" is a file and no site.
 */
export const partsOf = (text: string): ReadonlyArray<Part> => {
  const parts: Array<Part> = []
  for (const token of tokenize(text)) {
    const value = token.toString()
    const href = token.isLink ? hrefOf(token.t, value) : undefined
    const last = parts.at(-1)
    if (href === undefined && last !== undefined && last.href === undefined) {
      parts[parts.length - 1] = { text: last.text + value, href: undefined }
    } else {
      parts.push({ text: value, href })
    }
  }
  return parts
}

const hrefOf = (type: string, value: string): string | undefined => {
  const candidate = type === "email" && !/^mailto:/i.test(value) ? `mailto:${value}` : value
  if (!URL.canParse(candidate)) return undefined
  const url = new URL(candidate)
  return allowed.has(url.protocol) ? url.href : undefined
}
