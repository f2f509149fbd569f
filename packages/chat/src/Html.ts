// HTML that is escaped by construction: what stands in the program is markup, what is put into it is text, wherever it comes from.

/** A piece of markup. There is no way from a text to one but by the two functions below. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** ``markup`<p>${text}</p>` ``. A text may stand between tags, or in an attribute with double quotes, and nowhere else. */
  static readonly template = (parts: TemplateStringsArray, ...values: ReadonlyArray<HtmlValue>): Html =>
    new Html(parts.map((part, index) => part + markupOf(values[index])).join(""))

  /** A style sheet of the program's own, whose text is not escaped: `css` comes from nobody else. */
  static readonly style = (css: string): Html => new Html(`<style>${css}</style>`)
}

/** What may be put into markup: a text, or markup. */
export type HtmlValue = string | number | Html | ReadonlyArray<Html>

/** `Html.template`. It is not called `html`, since formatters then close what is opened in another piece. */
export const markup = Html.template

const markupOf = (value: HtmlValue | undefined): string => {
  if (value === undefined) return ""
  if (value instanceof Html) return value.text
  if (typeof value === "string" || typeof value === "number") return escaped(String(value))
  return value.map(({ text }) => text).join("")
}

// WHATWG HTML, 13.1.2.3 and 13.1.3, and both quotes.
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}
