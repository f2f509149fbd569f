// An export for people: one page that needs nothing beside itself, runs nothing and fetches nothing, now and when it is opened years
// from now on another machine. Whatever somebody wrote is text in it.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Message } from "@messenger/protocol/Message"
import { Stream } from "effect"
import { createHash } from "node:crypto"
import type { Heading } from "./Conversation.ts"
import { exportStyle } from "./ExportStyle.ts"
import { Html, markup } from "./Html.ts"
import { textParts } from "./TextLinks.ts"

/** What the page allows a browser: its own style and nothing else. It says so itself too, for when it is a file. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(exportStyle).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'"
].join("; ")

/** The conversation as a page. It ends with how much it is, by which a page that was cut off is known. */
export const exportHtml = <Failure>(
  heading: Heading,
  pages: Stream.Stream<ReadonlyArray<Message>, Failure>
): Stream.Stream<string, Failure> =>
  Stream.suspend(() => {
    const days = new Days()
    return Stream.succeed(beginning(heading)).pipe(
      Stream.concat(Stream.map(pages, (messages) => markup`${messages.map((message) => days.next(message))}`)),
      Stream.concat(Stream.sync(() => markup`${days.end()}</main>${ending(days)}</body></html>`)),
      Stream.map(({ text }) => text)
    )
  })

const beginning = ({ at, head, room }: Heading): Html => markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${room.name}, ${dateOf(at)}</title>
${Html.style(exportStyle)}
</head>
<body>
<header>
<h1 dir="auto">${room.name}</h1>
${room.topic === "" ? "" : markup`<p class="topic" dir="auto">${room.topic}</p>`}
<p class="facts">The conversation of this ${room.isPrivate ? "private" : "public"} room as it was on
<time datetime="${iso(at)}">${dateOf(at)} at ${clockOf(at)}</time>, up to number ${head}. All times are UTC.</p>
</header>
<main>
`

const ending = ({ authors, messages }: Days): Html =>
  markup`<footer>The end: ${counted(messages, "message")} by ${counted(authors.size, "author")}.</footer>`

/** Messages of one author are told together for this long, in milliseconds, as in the web client. */
const togetherMillis = 5 * 60_000

/** Messages in their order, under the days of UTC on which they were posted. */
class Days {
  messages = 0
  readonly authors = new Set<UserId>()
  #last: Message | undefined

  /** The next message, after what there is before it. */
  next(message: Message): Html {
    const last = this.#last
    const isSameDay = last !== undefined && dayOf(last.at) === dayOf(message.at)
    this.#last = message
    this.messages++
    this.authors.add(message.author.id)
    const row = rowOf(message, isSameDay && isTogether(last, message))
    if (isSameDay) return row
    return markup`${last === undefined ? "" : dayEnd}${dayBegin(message.at)}${row}`
  }

  /** What closes the last day. */
  end(): Html {
    return this.#last === undefined ? markup`<p class="none">Nobody has written here.</p>` : dayEnd
  }
}

const dayBegin = (at: number): Html => markup`<section aria-labelledby="day-${dayOf(at)}">
<h2 id="day-${dayOf(at)}"><time datetime="${dayOf(at)}">${weekday.format(at)}, ${dateOf(at)}</time></h2>
<ol>
`

const dayEnd = markup`</ol>
</section>
`

const isTogether = (last: Message, message: Message): boolean =>
  last.author.id === message.author.id &&
  last.alias?.name === message.alias?.name &&
  last.alias?.emoji === message.alias?.emoji &&
  message.at - last.at < togetherMillis

const rowOf = (message: Message, isWithLast: boolean): Html => {
  const { at, number } = message
  const when = markup`<a class="at" href="#m${number}"><time datetime="${iso(at)}">${clockOf(at)}</time></a>`
  const said = markup`<div>${byline(message, isWithLast)}${textOf(message)}</div>`
  return markup`<li id="m${number}" class="${isWithLast ? "goes-on" : "opens"}">${when}${said}</li>
`
}

const byline = ({ alias, author }: Message, isWithLast: boolean): Html => {
  // What a webhook wants to be called proves nothing: it stands with the mark of a program, and with the name that it has here.
  const name = author.isApp === true && alias !== undefined ? alias.name : author.name
  if (isWithLast) return markup`<span class="unseen"><bdi>${name}</bdi>: </span>`
  const emoji = author.isApp === true && alias?.emoji !== undefined ? markup`${alias.emoji} ` : ""
  const via = name === author.name ? "" : markup`<span>via <bdi>${author.name}</bdi></span>`
  return markup`<p class="by"><b>${emoji}<bdi>${name}</bdi></b>${kindOf(author)}${via}</p>`
}

const kindOf = ({ isApp, isGuest }: User): Html | string => {
  if (isApp === true) return markup`<span class="kind">app</span>`
  return isGuest ? markup`<span class="kind">guest</span>` : ""
}

// The language of what people write is not known, which an empty `lang` says.
const textOf = ({ at, editedAt, state, text }: Message): Html => {
  if (state === "Deleted") return markup`<p class="gone">This message was deleted.</p>`
  if (state === "Unreadable") return markup`<p class="gone">This message cannot be read.</p>`
  const edited = editedAt === null ? "" : editedMark(at, editedAt)
  return markup`<p class="text" lang="" dir="auto">${textParts(text).map(partOf)}</p>${edited}`
}

const partOf = ({ href, text }: ReturnType<typeof textParts>[number]): Html =>
  href === undefined ? markup`${text}` : markup`<a href="${href}" rel="noopener noreferrer nofollow">${text}</a>`

const editedMark = (at: number, editedAt: number): Html => {
  const day = dayOf(at) === dayOf(editedAt) ? "" : `${dateOf(editedAt)}, `
  return markup`<p class="edited">edited <time datetime="${iso(editedAt)}">${day}${clockOf(editedAt)}</time></p>`
}

const iso = (millis: number): string => new Date(millis).toISOString()

const dayOf = (millis: number): string => iso(millis).slice(0, 10)

const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "long" })

const date = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "long" })

const dateOf = (millis: number): string => date.format(millis)

const clockOf = (millis: number): string => iso(millis).slice(11, 16)

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`
