import { exportHtml, policy } from "@messenger/chat/ExportHtml"
import { exportStyle } from "@messenger/chat/ExportStyle"
import { UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { createHash } from "node:crypto"

const user = (name: string, kind: Partial<User> = {}): User => ({
  id: UserId.make(name.toLowerCase().replaceAll(/\W/g, "-")),
  name,
  isGuest: false,
  ...kind
})

const ada = user("Ada")
const ben = user("Ben")
const builds = user("Builds", { isApp: true })
const morning = Date.UTC(2026, 10, 23, 9)

type Draft = Partial<Omit<Message, "at">> & { readonly author: User; readonly minute: number }

const messageOf = ({ minute, ...draft }: Draft, index: number): Message => ({
  number: index + 1,
  change: index + 1,
  key: ClientKey.make(`key-${index}-of-it`),
  state: "Present",
  text: `message ${index + 1}`,
  editedAt: null,
  at: morning + minute * 60_000,
  ...draft
})

/** The messages of a room, numbered from 1; each `minute` is counted from one morning on. */
const messages = (...drafts: ReadonlyArray<Draft>): ReadonlyArray<Message> => drafts.map(messageOf)

const room = {
  id: RoomId.make("plans"),
  slug: Slug.make("plans"),
  name: "Plans & <more>",
  topic: "",
  isPrivate: false,
  change: 0
}

/** The page of those messages, read in pages of so many. */
const pageOf = (all: ReadonlyArray<Message>, size = 100) =>
  Effect.map(
    Stream.runCollect(
      exportHtml(
        { room, head: all.length, at: morning },
        Stream.rechunk(Stream.fromIterable(all), size).pipe(Stream.chunks)
      )
    ),
    (parts) => parts.join("")
  )

/** Elements that are closed otherwise than they were opened; none when the page is well formed. */
const misnested = (page: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  const wrong: Array<string> = []
  for (const [, slash = "", name = ""] of page.replace(/<style>[^]*?<\/style>/, "").matchAll(/<(\/?)([a-z]\w*)/g)) {
    if (name === "meta") continue
    if (slash === "") open.push(name)
    else if (open.pop() !== name) wrong.push(name)
  }
  return [...wrong, ...open]
}

const said = (page: string) =>
  [...page.matchAll(/<li id="m(\d+)" class="([\w-]+)">/g)].map(([, number, place]) => `${number} ${place}`)

describe("the page of an exported room", () => {
  it.effect("has a section for each day of UTC, and groups of what one author wrote within five minutes", () =>
    Effect.gen(function* () {
      const day = 24 * 60
      const alias = { name: "CI", emoji: "🚀" }
      const all = messages(
        { author: ada, minute: 0 },
        { author: ada, minute: 4 },
        { author: ada, minute: 9 },
        { author: ben, minute: 10 },
        { author: builds, minute: 11 },
        { author: builds, minute: 12, alias },
        { author: builds, minute: 13, alias },
        { author: builds, minute: day - 9 * 60 - 1, alias },
        { author: builds, minute: day - 9 * 60, alias }
      )
      for (const size of [1, 2, 100]) {
        const page = yield* pageOf(all, size)
        expect(misnested(page)).toEqual([])
        expect([...page.matchAll(/<h2 [^>]*><time datetime="([^"]*)">([^<]*)/g)].map(([, ...found]) => found)).toEqual([
          ["2026-11-23", "Monday, 23 November 2026"],
          ["2026-11-24", "Tuesday, 24 November 2026"]
        ])
        expect(said(page)).toEqual(
          ["opens", "goes-on", "opens", "opens", "opens", "opens", "goes-on", "opens", "opens"].map(
            (place, index) => `${index + 1} ${place}`
          )
        )
      }
    })
  )

  it.effect("names its style by hash in its policy, and nothing else that a browser may have", () =>
    Effect.gen(function* () {
      const page = yield* pageOf([])
      const style = /<style>([^]*)<\/style>/.exec(page)?.[1]
      expect(style).toBe(exportStyle)
      expect(style).not.toMatch(/url\(|@import|<\//)
      const hash = createHash("sha256").update(exportStyle).digest("base64")
      expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`)
      expect(page).toContain(`content="${policy.replaceAll("'", "&#39;")}"`)
      expect(page).toContain("<title>Plans &amp; &lt;more&gt;, 23 November 2026</title>")
    })
  )

  it.effect("makes links of what names http or https alone, and text of everything else", () =>
    Effect.gen(function* () {
      const texts = [
        "see https://example.org/a?b=1&c='2' and HTTP://EXAMPLE.ORG.",
        'https://example.org/"><script>alert(1)</script>',
        "javascript:alert(1) mailto:ada@example.org ada@example.org ftp://example.org example.org file:///etc/passwd",
        "https:// http://[ https://%"
      ]
      const page = yield* pageOf(messages(...texts.map((text, minute) => ({ author: ada, minute: minute * 10, text }))))
      expect(misnested(page)).toEqual([])
      expect(page).not.toContain("<script")
      const links = [...page.matchAll(/<a href="([^"]*)" rel="([^"]*)"/g)]
      expect(links.map(([, href]) => href)).toEqual([
        "https://example.org/a?b=1&amp;c=%272",
        "http://example.org/",
        "https://example.org/%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
      ])
      expect(new Set(links.map(([, , rel]) => rel))).toEqual(new Set(["noopener noreferrer nofollow"]))
    })
  )

  it.effect("says of edits when they were made, with the day where it is another", () =>
    Effect.gen(function* () {
      const page = yield* pageOf(
        messages(
          { author: user("Visitor", { isGuest: true }), minute: 0, editedAt: morning + 5 * 60_000 },
          { author: ben, minute: 1, editedAt: morning + 24 * 3_600_000 }
        )
      )
      expect([...page.matchAll(/edited <time[^>]*>([^<]*)/g)].map(([, when]) => when)).toEqual([
        "09:05",
        "24 November 2026, 09:00"
      ])
      expect(page).toContain('<bdi>Visitor</bdi></b><span class="kind">guest</span>')
    })
  )
})
