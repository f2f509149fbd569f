import { render } from "solid-js/web"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { App, entryPage } from "../src/App.tsx"
import { pageIsCurrent } from "../src/connection/upgrade.ts"
import { words } from "../src/session/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { NameInvalid } from "@messenger/protocol/Account"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import { RoomId } from "@messenger/protocol/Room"
import { UpgradeRequired } from "@messenger/protocol/Handshake"
import { imaginedMessenger } from "./preview/imaginedMessenger.ts"
import { heron } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"

let dispose = () => {}
beforeAll(async () => void (await entryPage.want()))
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] }))
afterEach(() => {
  dispose()
  document.body.replaceChildren()
  vi.useRealTimers()
})

const visit = (scene: Scene, path: string) => {
  window.matchMedia = (media) =>
    Object.assign(new EventTarget(), {
      media,
      matches: media.startsWith("(min-width"),
      onchange: null,
      addListener: () => {},
      removeListener: () => {}
    })
  history.replaceState(null, "", path)
  const root = document.createElement("div")
  document.body.append(root)
  const messenger = imaginedMessenger(scene)
  dispose = render(() => <App messenger={messenger} />, root)
  const find = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector)
    if (found === null) throw new Error(`Nothing on the page is ${selector}.`)
    return found
  }
  return {
    root,
    messenger,
    tell: (frame: InboxFrame) => {
      messenger.tellInbox(frame)
      vi.advanceTimersToNextFrame()
    },
    find,
    heading: () => root.querySelector("main h1")?.textContent,
    nameOneself: async (name: string) => {
      const field = root.querySelector("input")
      if (field === null) throw new Error("There is no field for a name.")
      field.value = name
      field.dispatchEvent(new InputEvent("input", { bubbles: true }))
      root.querySelector("form")?.requestSubmit()
      await vi.advanceTimersByTimeAsync(1_000)
    },
    follow: (name: string) => {
      const link = [...root.querySelectorAll("nav a")].find((a) => a.textContent?.includes(name))
      link?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, button: 0 }))
    }
  }
}

describe("the page", () => {
  it("shows what one writes while the room is still on its way", async () => {
    const page = visit(scenes.earlyWords, "/r/lobby")
    await vi.advanceTimersByTimeAsync(1_000)
    const said = [...page.root.querySelectorAll(".message-text")].map(({ textContent }) => textContent)
    expect(said).toEqual(["Said before the room was here.", "And a second word."])
  })

  it("asks a visitor for a name and lands them in the lobby", async () => {
    const page = visit(scenes.name, "/")
    expect(page.heading()).toBe(words.name.title)
    await page.nameOneself("Ada")
    expect(location.pathname).toBe("/r/lobby")
    expect(page.heading()).toBe("#lobby")
  })

  it("lets the link of a room survive naming oneself", async () => {
    const page = visit(scenes.invited, "/r/engineering")
    expect(page.root.textContent).toContain(words.intro.room("engineering"))
    await page.nameOneself("Ada")
    expect(location.pathname).toBe("/r/engineering")
    expect(page.heading()).toBe("#engineering")
  })

  it("says what is wrong with a name, beside the field, and keeps it", async () => {
    const page = visit(scenes.name, "/")
    await page.nameOneself("  ")
    expect(page.find('[role="alert"]').textContent).toBe(errorText(new NameInvalid({ reason: "Empty" })))
    expect(page.find("input").getAttribute("aria-invalid")).toBe("true")
  })

  it("says which rooms are unread, in the list and in the title", () => {
    const page = visit(scenes.conversation, "/r/design")
    const unread = [...page.root.querySelectorAll("nav li")].filter((row) =>
      row.textContent?.includes(texts.rooms.unread)
    )
    expect(unread.map((row) => row.textContent)).toEqual(["#lobbyunread", "#engineeringunread", "#randomunread"])
    expect(document.title).toBe("(3) #design · Messenger")
  })

  it("goes to another room with the focus in its composer, and back with the browser", () => {
    const page = visit(scenes.conversation, "/r/lobby")
    page.follow("random")
    expect(location.pathname).toBe("/r/random")
    expect(page.find("textarea").getAttribute("aria-label")).toBe(texts.composer.label("random"))
    expect(document.activeElement).toBe(page.find("textarea"))
    expect(page.find('a[aria-current="page"]').textContent).toBe("#random")
  })

  it("shows which rooms are private, to eyes and ears", () => {
    const page = visit(scenes.private, "/r/books")
    expect(page.find("main h1").textContent).toBe("private books")
    expect(page.find('a[aria-current="page"]').textContent).toBe("private books")
  })

  it("lets go of a private room at once when one is no longer in it, and tells of no other", () => {
    const page = visit(scenes.private, "/r/books")
    page.tell({ _tag: "MembershipsChanged", memberships: [{ roomId: RoomId.make("r-books"), role: null }] })
    expect(page.heading()).toBe(texts.rooms.left)
    expect([...page.root.querySelectorAll("nav li")].map((row) => row.textContent)).not.toContain("private books")
    dispose()
    page.root.remove()
    expect(visit(scenes.conversation, "/r/books").heading()).toBe(texts.rooms.noRoom)
  })

  it("shows people under the names they bear now, wherever they are", () => {
    const page = visit(scenes.conversation, "/r/lobby")
    page.tell({ _tag: "ProfilesChanged", users: [{ ...heron, name: "Heron Grey" }] })
    expect(page.find("aside").textContent).toContain("Heron Grey")
    expect(page.find("main form").textContent).toContain("Heron Grey")
  })

  it("leads those who run the server to its pages, and nobody else", async () => {
    const page = visit({ ...scenes.private, role: "admin" }, "/r/lobby")
    expect(page.find('nav a[href="/admin"]').textContent).toBe(texts.admin)
    dispose()
    page.root.remove()
    const other = visit(scenes.private, "/admin")
    expect(other.root.querySelector('a[href="/admin"]')).toBeNull()
    expect(other.heading()).toBe(texts.notForYou)
  })

  it("says that there is no such room, and the way to the lobby", () => {
    const page = visit(scenes.noRoom, "/r/nowhere")
    expect(page.heading()).toBe(texts.rooms.noRoom)
    expect(page.find("main a").getAttribute("href")).toBe("/r/lobby")
  })

  it("invites people in an empty room, in one sentence", () => {
    const page = visit(scenes.empty, "/r/lobby")
    expect(page.find("section").textContent).toBe(texts.room.empty("lobby") + texts.invite.action)
  })

  it("shows people by what they said of themselves, in words too", () => {
    const page = visit(scenes.conversation, "/r/lobby")
    const rows = [...page.root.querySelectorAll("aside li")].map((row) => row.textContent)
    expect(rows).toEqual([
      "ALAda LindenyouguestOnline",
      "DRDara RowanDo not disturb",
      "HEHeronguestOnline",
      "KJKim JuniperAway"
    ])
  })

  it("asks for a reload when one has not helped, wherever it stands", async () => {
    const connection = { _tag: "Refused", refusal: new UpgradeRequired({ serverContract: 2 }) } as const
    for (const path of ["/r/lobby", "/r/nowhere"]) {
      sessionStorage.setItem("messenger:reloaded", "yes")
      const page = visit({ ...scenes.conversation, connection }, path)
      await vi.advanceTimersByTimeAsync(0)
      expect(page.find("main").textContent).toContain(texts.connection.updated)
      expect([...page.root.querySelectorAll("main button")].map((button) => button.textContent)).toContain(texts.reload)
      dispose()
      page.root.remove()
      pageIsCurrent()
    }
  })

  it("has one live region, and the conversation is none", () => {
    const page = visit(scenes.conversation, "/r/lobby")
    expect(page.root.querySelectorAll("[aria-live], [role=log], [role=status]").length).toBe(1)
  })

  it("has nothing to press for what is not built", () => {
    const page = visit(scenes.conversation, "/r/lobby")
    const names = [...page.root.querySelectorAll("button")].map((button) => button.ariaLabel ?? button.textContent)
    expect(names.filter((name) => /attach|emoji|search|react|thread|edit|more/i.test(name))).toEqual([])
  })
})
