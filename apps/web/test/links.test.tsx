import { describe, expect, it, vi } from "vitest"
import { render } from "solid-js/web"
import { MessageText } from "../src/room/MessageText.tsx"
import { partsOf } from "../src/room/links.ts"

const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? [])

describe("links in a message", () => {
  it("are addresses that name http, https or mailto, and mail addresses", () => {
    expect(links("see https://example.org/a?b=c#d and http://localhost:4000/r/lobby")).toEqual([
      "https://example.org/a?b=c#d",
      "http://localhost:4000/r/lobby"
    ])
    expect(links("mailto:ops@example.org or ops@example.org")).toEqual([
      "mailto:ops@example.org",
      "mailto:ops@example.org"
    ])
  })

  it("are of no other scheme", () => {
    for (const text of [
      "javascript:alert(1)",
      "javascript://example.org/%0Aalert(1)",
      "data:text/html,<b>x</b>",
      "file:///etc/passwd",
      "ftp://example.org",
      "vbscript:x"
    ])
      expect(links(text)).toEqual([])
  })

  it("are no file names", () => {
    expect(links("look at notes.md, main.rs and example.org")).toEqual([])
  })

  it("leave out the punctuation of the sentence around them", () => {
    expect(links("(see https://example.org/a). Or https://example.org/b_(c), then!")).toEqual([
      "https://example.org/a",
      "https://example.org/b_(c)"
    ])
  })

  it("leave every character of the text where it was", () => {
    const text = "a  b\n\thttps://example.org, <script>alert(1)</script> c@d.org\n"
    expect(
      partsOf(text)
        .map((part) => part.text)
        .join("")
    ).toBe(text)
  })

  it("open outside, tell nothing of where they were, and markup stays text", async () => {
    const root = document.createElement("div")
    const dispose = render(() => <MessageText text={"<img src=x> https://example.org\nb"} />, root)
    await vi.waitUntil(() => root.querySelector("a") !== null)
    const paragraph = root.querySelector("p")
    const link = root.querySelector("a")
    expect(root.querySelector("img")).toBe(null)
    expect(paragraph?.textContent).toBe("<img src=x> https://example.org\nb")
    expect(paragraph?.getAttribute("dir")).toBe("auto")
    expect(link?.rel).toBe("noopener noreferrer nofollow")
    expect(link?.target).toBe("_blank")
    dispose()
  })
})
