// The marks that Slack puts into text (api.slack.com/reference/surfaces/formatting), taken out of it: what stands in angle brackets
// becomes what a reader should see, then the three entities are resolved. Emphasis stays as it was typed.
import { nameToEmoji } from "gemoji"

/** Text of Slack's own markup (`mrkdwn`), as plain text. */
export const fromMarkup = (text: string): string =>
  withEmoji(
    text.replaceAll(/<([^<>\n]+)>|&(amp|lt|gt);/g, (whole, mark: string | undefined, entity: string | undefined) =>
      mark === undefined ? (entities[entity ?? ""] ?? whole) : (readable(mark) ?? whole)
    )
  )

/** Text that has `:emoji:` by name, and nothing else that is special. */
export const withEmoji = (text: string): string =>
  text.replaceAll(/(?<![\w:]):([a-z0-9_+-]+):(?![\w:])/g, (whole, name: string) => emojiNamed(name) ?? whole)

/** The emoji of that name, with or without colons; undefined when there is none. A skin tone is not heeded. */
export const emojiOf = (icon: string): string | undefined => {
  const name = /^:?([a-z0-9_+-]+?):?(?::skin-tone-[2-6]:)?$/.exec(icon.trim())?.[1]
  return name === undefined ? undefined : emojiNamed(name)
}

const emojiNamed = (name: string): string | undefined =>
  Object.hasOwn(nameToEmoji, name) ? nameToEmoji[name] : undefined

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" }

// Undefined for what is no mark: somebody wrote angle brackets without escaping them.
const readable = (mark: string): string | undefined => {
  const at = mark.indexOf("|")
  const target = at < 0 ? mark : mark.slice(0, at)
  const label = at < 0 ? "" : resolved(mark.slice(at + 1)).trim()
  if (/^(https?|mailto|tel|ftp|slack):/i.test(target)) return link(resolved(target), label)
  if (/^[@#][A-Z0-9]+$/.test(target)) return target[0] + (label || target.slice(1)).replace(/^[@#]/, "")
  if (target.startsWith("!date^")) return label === "" ? undefined : label
  if (/^!subteam\^\w+$/.test(target)) return `@${label.replace(/^@/, "") || "team"}`
  const command = /^!(\w+)$/.exec(target)?.[1]
  return command === undefined ? undefined : label || `@${command}`
}

/** A link as plain text: `label (address)`; one of the two alone where the other is absent or says no more. */
export const link = (address: string, label: string): string => {
  if (address === "") return label
  const bare = address.replace(/^(mailto|tel):/i, "")
  const isSaid = label === "" || [address, bare, bare.replace(/^https?:\/\//i, "").replace(/\/$/, "")].includes(label)
  return isSaid ? bare : `${label} (${bare})`
}

// In one pass, so that an entity that was escaped itself stays one.
const resolved = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt);/g, (whole, entity: string) => entities[entity] ?? whole)
