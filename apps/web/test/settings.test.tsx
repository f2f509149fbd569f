import { WrongPassword } from "@messenger/protocol/Password"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { entryPage } from "../src/App.tsx"
import { settingsPage } from "../src/Home.tsx"
import { words as entryWords } from "../src/session/words.ts"
import { clientName, isHandheld } from "../src/settings/client.ts"
import { words } from "../src/settings/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { rightPassword } from "./preview/imaginedAccount.ts"
import { kim } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let page: ReturnType<typeof visit> | undefined
const arrive = async (scene: Scene) => {
  page = visit(scene)
  await page.settle()
  return page
}

beforeAll(async () => void (await Promise.all([entryPage.want(), settingsPage.want()])))
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] }))
afterEach(() => {
  page?.leave()
  page = undefined
  vi.useRealTimers()
})

const devicesOf = (root: HTMLElement) =>
  [...root.querySelectorAll(`ul[aria-label="${words.devices.title}"] li`)].map(
    (row) => row.querySelector("p")?.textContent
  )

describe("the settings", () => {
  it("change name and colour, which show at once", async () => {
    const here = await arrive(scenes.settings)
    here.type(words.profile.name, "Kim J.")
    here.root.querySelector<HTMLInputElement>('input[aria-label="Teal"]')?.click()
    await here.send(words.profile.name)
    expect(here.root.querySelector("nav .avatar.person-6")?.textContent).toBe("KJ")
    expect(here.root.querySelector("nav")?.textContent).toContain("Kim J.")
    expect(here.voice()).toBe(words.saved)
  })

  it("go back to the colour that comes by itself", async () => {
    const here = await arrive({ ...scenes.settings, me: { ...kim, colour: 6 } })
    expect(here.root.querySelector<HTMLInputElement>('input[aria-label="Teal"]')?.checked).toBe(true)
    here.root.querySelector<HTMLInputElement>(`input[aria-label="${words.profile.automatic}"]`)?.click()
    await here.send(words.profile.name)
    expect(here.messenger.identity.get()).not.toHaveProperty("user.colour")
  })

  it("ask for the password before the email address is changed", async () => {
    const here = await arrive(scenes.settings)
    await here.press(words.account.changeEmail)
    expect(document.activeElement).toBe(here.field(words.account.newEmail))
    here.type(words.account.newEmail, "new@example.org")
    await here.send(words.account.newEmail)
    expect(here.wrong(words.password)).toBe(words.missingPassword)
    here.type(words.password, "not this one")
    await here.send(words.password)
    expect(here.wrong(words.password)).toBe(errorText(new WrongPassword()))
    here.type(words.password, rightPassword)
    await here.send(words.password)
    expect(here.text()).toContain("new@example.org")
    expect(document.activeElement?.getAttribute("aria-label")).toBe(words.account.changeEmail)
  })

  it("change the password and keep this session", async () => {
    const here = await arrive(scenes.settings)
    await here.press(words.account.changePassword)
    expect(here.root.querySelector<HTMLInputElement>('input[autocomplete="username"]')?.value).toBe("kim")
    here.type(words.password, rightPassword)
    here.type(words.account.newPassword, "another few words")
    await here.send(words.password)
    expect(here.voice()).toBe(words.account.passwordChanged)
    expect(here.heading()).toBe(words.title)
  })

  it("list devices in words, this one first, and log out one or all others", async () => {
    const here = await arrive(scenes.settings)
    expect(devicesOf(here.root)).toEqual(["Firefox on Windows", "Safari on iOS", "release-notes/2.1"])
    expect(here.has("button", words.devices.logoutThat("Firefox on Windows"))).toBe(false)
    await here.press(words.devices.logoutThat("Safari on iOS"))
    expect(devicesOf(here.root)).toEqual(["Firefox on Windows", "release-notes/2.1"])
    expect(here.voice()).toBe(words.devices.loggedOut("Safari on iOS"))
    await here.press(words.devices.others)
    expect(devicesOf(here.root)).toEqual(["Firefox on Windows"])
    expect(here.has("button", words.devices.others)).toBe(false)
  })

  it("delete the account after the password, and say that it is gone", async () => {
    const here = await arrive(scenes.settings)
    await here.press(words.remove.action)
    expect(here.text()).toContain(words.remove.final)
    here.type(words.password, "not this one")
    await here.send(words.password)
    expect(here.wrong(words.password)).toBe(errorText(new WrongPassword()))
    here.type(words.password, rightPassword)
    await here.send(words.password)
    await here.settle()
    expect(here.heading()).toBe(entryWords.login.title)
    expect(here.text()).toContain(entryWords.ended.Deleted)
  })

  it("show guests what they have, and what an account would give them", async () => {
    const here = await arrive(scenes.guestSettings)
    expect([...here.root.querySelectorAll("h2")].map((heading) => heading.textContent)).toEqual(
      expect.arrayContaining([words.profile.title, words.guest.title, words.devices.title])
    )
    expect(here.text()).not.toContain(words.remove.title)
    await here.press(words.guest.register)
    expect([location.pathname, here.heading()]).toEqual(["/register", entryWords.register.keepTitle])
  })

  it("lead back to the room one came from", async () => {
    const here = await arrive({ ...scenes.member, path: "/r/design" })
    history.pushState({ goal: "/r/design" }, "", "/settings")
    dispatchEvent(new PopStateEvent("popstate"))
    await here.settle()
    expect(here.heading()).toBe(words.title)
    await here.press(texts.close)
    expect(location.pathname).toBe("/r/design")
  })
})

describe("a device", () => {
  it("is called by its browser and system, and what is none stands as it is", () => {
    const chrome =
      "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
    expect([clientName(chrome), isHandheld(chrome)]).toEqual(["Chrome on Android", true])
    expect(clientName("curl/8.14.1")).toBe("curl/8.14.1")
    expect(clientName(" ")).toBe(words.devices.unknown)
    expect(clientName("x".repeat(500)).length).toBe(80)
  })
})
