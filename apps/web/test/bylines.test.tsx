import { render } from "solid-js/web"
import { afterEach, describe, expect, it } from "vitest"
import { Byline } from "../src/room/Byline.tsx"
import { bylineOf } from "../src/room/byline.ts"
import { rowsOf } from "../src/room/rows.ts"
import { texts } from "../src/texts.ts"
import { ada, dara, hook } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"

let dispose = () => {}
afterEach(() => {
  dispose()
  document.body.replaceChildren()
})

/** The byline of message `number`, and what a screen reader says of it. */
const bylineAt = (number: number) => {
  const rows = rowsOf(
    {
      messages: scenes.integrated.messages,
      outgoing: [],
      me: ada,
      current: (user) => user,
      readUpTo: undefined,
      dayOf: () => 0
    },
    new Map()
  )
  const row = rows.find(({ content }) => content._tag === "Settled" && content.message.number === number)
  if (row === undefined) throw new Error(`There is no message ${number}`)
  const shown = document.createElement("div")
  dispose = render(() => <Byline row={row} />, shown)
  const spoken = [...shown.children].map((part) =>
    part.getAttribute("aria-hidden") === "true" ? "" : part.textContent
  )
  return { shown, spoken: spoken.join(" ") }
}

describe("what a webhook says", () => {
  it("stands under the name and picture it chose, with the mark of a program and its own name", () => {
    const { shown, spoken } = bylineAt(10)
    expect(shown.querySelector(".avatar")?.textContent).toBe("🚂")
    expect(spoken).toContain("Release train")
    expect(spoken).toContain(texts.room.app)
    expect(spoken).toContain(texts.room.via("GitHub"))
  })

  it("keeps the mark where it goes on under the same name, to the eye and to the ear", () => {
    const { shown, spoken } = bylineAt(11)
    expect(shown.querySelector<HTMLElement>(".message-mark")?.dataset.tip).toContain(texts.room.app)
    expect(shown.querySelectorAll(".message-mark svg").length).toBe(1)
    expect(spoken).toContain(texts.room.byApp("Release train", "GitHub"))
  })

  it("never looks like a person of that name", () => {
    const posing = bylineAt(12)
    const person = bylineAt(9)
    expect(posing.spoken).toContain(texts.room.via("GitHub"))
    expect(posing.shown.querySelector(".avatar")?.className).toContain("avatar-alias")
    expect(person.shown.querySelector(".avatar")?.className).not.toContain("avatar-alias")
    expect(person.spoken).not.toContain(texts.room.app)
  })

  it("goes by the webhook's own name when it chose none", () => {
    const { shown, spoken } = bylineAt(13)
    expect(spoken).toContain("GitHub")
    expect(spoken).not.toContain(texts.room.via("GitHub"))
    expect(shown.querySelector(".avatar")?.textContent).toBe("GI")
  })
})

describe("a person", () => {
  it("goes by no other name, whatever is said of their message", () => {
    expect(bylineOf(dara, { name: "Kim Juniper", emoji: "🚂" })).toEqual({
      name: "Dara Rowan",
      emoji: undefined,
      via: undefined
    })
    expect(bylineOf(hook, { name: "GitHub" }).via).toBeUndefined()
  })
})
