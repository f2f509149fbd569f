// What an expression of PromQL asks for: which series, by which labels.
import { parser } from "@prometheus-io/lezer-promql"

/** A label of a series, and what its value must be. */
export interface Matcher {
  readonly label: string
  readonly matches: (value: string) => boolean
}

/** The series of one name that an expression reads. */
export interface Selector {
  readonly metric: string
  readonly matchers: ReadonlyArray<Matcher>
}

/** An expression, as far as it is looked at. */
export interface Expression {
  readonly selectors: ReadonlyArray<Selector>
  /** What it groups by. */
  readonly groupings: ReadonlyArray<string>
}

/** Reads an expression; throws where it is no PromQL. */
export const expressionOf = (text: string): Expression => {
  const selectors: Array<{ metric: string; matchers: Array<Matcher> }> = []
  const groupings: Array<string> = []
  parser.parse(text).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) throw new Error(`No PromQL at ${from}: ${text}`)
      const written = text.slice(from, to)
      if (name === "VectorSelector") {
        const identifier = node.getChild("Identifier")
        selectors.push({ metric: identifier === null ? "" : text.slice(identifier.from, identifier.to), matchers: [] })
      }
      if (name === "UnquotedLabelMatcher") selectors.at(-1)?.matchers.push(matcherOf(written))
      if (name === "LabelName" && node.parent?.name === "GroupingLabels") groupings.push(written)
    }
  })
  return { selectors, groupings }
}

const matcherOf = (written: string): Matcher => {
  const [, label = "", operator = "", value = ""] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(written) ?? []
  const pattern = new RegExp(`^(?:${value})$`)
  const matches = {
    "=": (given: string) => given === value,
    "!=": (given: string) => given !== value,
    "=~": (given: string) => pattern.test(given),
    "!~": (given: string) => !pattern.test(given)
  }[operator]
  if (matches === undefined) throw new Error(`No matcher: ${written}`)
  return { label, matches }
}

/** One series of a page of metrics. */
export interface Sample {
  readonly metric: string
  readonly labels: ReadonlyMap<string, string>
}

/** Reads a page of metrics, in the text format of Prometheus. */
export const samplesOf = (page: string): ReadonlyArray<Sample> =>
  page
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, metric = "", labels = ""] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      return { metric, labels: new Map(pairs.map(([, label = "", value = ""]) => [label, value])) }
    })
