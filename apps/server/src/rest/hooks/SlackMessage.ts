// What tools send to an incoming webhook of Slack, as a message here. They send it in many shapes, and an alert must not be lost
// because of its shape: whatever is not understood is left out, what is too long is cut, and only a body that has nothing to say is
// refused, by whoever posts it.
import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import * as Limits from "@messenger/protocol/Limits"
import type { Alias } from "@messenger/protocol/Message"
import { emojiOf, fromMarkup, link, withEmoji } from "./SlackText.ts"

/** What is posted; `text` is empty when the body says nothing. */
export interface SlackMessage {
  readonly text: string
  /** Of a `username` that could be a name, and of an emoji that is known; absent when there is neither. */
  readonly alias?: Partial<Alias>
}

/** The most that is looked at of any list: Slack takes 100 attachments, 50 blocks, and a body could bring thousands. */
const maxListed = 100

/** How deep rich text may be nested: Slack's is by three, and a body could be by thousands. */
const maxDepth = 8

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a body: `text`, `username` and `icon_emoji`; `blocks`, which stand in place of the text as they do in Slack; `attachments`,
 * which follow it.
 */
export const read = (body: unknown): SlackMessage => {
  const fields = fieldsOf(body)
  const blocks = paragraphs(listOf(fields["blocks"]).map(blockText))
  const said = blocks === "" ? fromMarkup(textOf(fields["text"])) : blocks
  const text = fitting(paragraphs([said, ...listOf(fields["attachments"]).map(attachmentText)]))
  const name = nameOf(textOf(fields["username"]))
  const emoji = emojiOf(textOf(fields["icon_emoji"]))
  if (name === undefined && emoji === undefined) return { text }
  return { text, alias: { ...(name !== undefined && { name }), ...(emoji !== undefined && { emoji }) } }
}

const attachmentText = (attachment: Fields): string => {
  const of = (name: string) => fromMarkup(textOf(attachment[name]))
  const body = paragraphs([
    of("pretext"),
    lines([
      link(textOf(attachment["title_link"]), of("title")),
      of("text"),
      ...listOf(attachment["fields"]).map((field) => pair(textOf(field["title"]), textOf(field["value"])))
    ]),
    ...listOf(attachment["blocks"]).map(blockText)
  ])
  // What Slack shows where it can show nothing else.
  return body === "" ? of("fallback") : body
}

const pair = (title: string, value: string): string =>
  [fromMarkup(title), fromMarkup(value)].filter((part) => part !== "").join(": ")

// https://api.slack.com/reference/block-kit/blocks
const blockText = (block: Fields): string => {
  switch (block["type"]) {
    case "divider":
      return "———"
    case "context":
      return listOf(block["elements"]).map(elementText).filter(isSaid).join(" · ")
    case "actions":
      return lines(listOf(block["elements"]).map(buttonText))
    case "image":
      return link(textOf(block["image_url"]), objectText(block["title"]) || textOf(block["alt_text"]))
    case "rich_text":
      return lines(listOf(block["elements"]).map((element) => richText(element, 1)))
    default:
      // A header, a section, or what Slack may add: it has a text, and perhaps fields and one thing beside it.
      return lines([
        objectText(block["text"]),
        ...listOf(block["fields"]).map(objectText),
        buttonText(fieldsOf(block["accessory"]))
      ])
  }
}

// An image says what it shows, a text object what it says.
const elementText = (element: Fields): string =>
  element["type"] === "image" ? textOf(element["alt_text"]) : objectText(element)

const buttonText = (element: Fields): string => {
  const address = textOf(element["url"])
  return address === "" ? "" : link(address, objectText(element["text"]))
}

// A text, or an object around one, which says whether it has marks.
const objectText = (value: unknown): string => {
  if (typeof value === "string") return fromMarkup(value)
  const { text, type } = fieldsOf(value)
  return type === "plain_text" ? withEmoji(textOf(text)) : fromMarkup(textOf(text))
}

const richText = (element: Fields, depth: number): string => {
  const inner = depth < maxDepth ? listOf(element["elements"]) : []
  if (inner.length > 0) {
    const texts = inner.map((item) => richText(item, depth + 1))
    return element["type"] === "rich_text_list" ? lines(texts.map((text) => `• ${text}`)) : texts.join("")
  }
  const text = textOf(element["text"])
  switch (element["type"]) {
    case "link":
      return link(textOf(element["url"]), text)
    case "emoji":
      return withEmoji(`:${textOf(element["name"])}:`)
    case "broadcast":
      return `@${textOf(element["range"])}`
    case "user":
      return `@${textOf(element["user_id"])}`
    default:
      return text
  }
}

/** Cut to what a message may hold, and rid of characters that it may not. */
const fitting = (raw: string): string => {
  const text = raw
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .toWellFormed()
    .trim()
  const points = Array.from(text)
  if (points.length <= Limits.maxMessageCodePoints) return text
  return `${points.slice(0, Limits.maxMessageCodePoints - 1).join("")}…`
}

// The whole of a long name, if it is one; else as much of it as a name may have.
const nameOf = (raw: string): string | undefined => {
  const visible = raw.replace(/[\p{Cc}\p{Cf}]/gu, "").trim()
  for (const candidate of [raw, visible, Array.from(visible).slice(0, Limits.maxNameGraphemes).join("")]) {
    const name = parseDisplayName(candidate)
    if (!(name instanceof NameInvalid)) return name
  }
  return undefined
}

const isSaid = (text: string): boolean => text.trim() !== ""

const lines = (texts: ReadonlyArray<string>): string => texts.filter(isSaid).join("\n")

const paragraphs = (texts: ReadonlyArray<string>): string => texts.filter(isSaid).join("\n\n")

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : ""

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const fieldsOf = (value: unknown): Fields => (isObject(value) ? { ...value } : {})

const listOf = (value: unknown): ReadonlyArray<Fields> =>
  Array.isArray(value) ? value.filter(isObject).slice(0, maxListed).map(fieldsOf) : []
