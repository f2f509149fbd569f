import { UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { render } from "solid-js/web"
import { createSignal } from "solid-js"
import { describe, expect, it } from "vitest"
import { Avatar } from "../src/presence/Avatar.tsx"
import { GuestMark } from "../src/presence/GuestMark.tsx"
import { colourOf, colourOfId } from "../src/presence/initials.ts"

const mio: User = { id: UserId.make("u-mio"), name: "Mio Hazel", isGuest: false }

describe("the colour of a person", () => {
  it("is the one they chose, else the one that their id always gets", () => {
    expect(colourOf({ ...mio, colour: 0 })).toBe(0)
    expect(colourOf(mio)).toBe(colourOfId(mio.id))
  })

  it("spreads over the whole palette", () => {
    expect(new Set(Array.from({ length: 400 }, (_, index) => colourOfId(`user-${index}`))).size).toBe(12)
  })

  it("is a class that follows the person, and no style attribute", () => {
    const [user, setUser] = createSignal<User>({ ...mio, colour: 3 })
    const root = document.createElement("div")
    const dispose = render(() => <Avatar user={user()} isSmall />, root)
    expect(root.firstElementChild?.className).toBe("avatar person-3 avatar-small")
    setUser({ ...mio, colour: 11 })
    expect(root.firstElementChild?.className).toBe("avatar person-11 avatar-small")
    expect(root.innerHTML).not.toContain("style")
    dispose()
  })
})

describe("the mark beside a name", () => {
  it("says guest, or app, or nothing", () => {
    const markOf = (user: User) => {
      const root = document.createElement("div")
      const dispose = render(() => <GuestMark user={user} />, root)
      const text = root.textContent
      dispose()
      return text
    }
    expect(markOf({ ...mio, isGuest: true })).toBe("guest")
    expect(markOf({ ...mio, isApp: true })).toBe("app")
    expect(markOf(mio)).toBe("")
  })
})
