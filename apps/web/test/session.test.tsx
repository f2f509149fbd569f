import { AccountTaken, EmailInvalid, UsernameInvalid } from "@messenger/protocol/Account"
import { PasswordRefused } from "@messenger/protocol/Password"
import { WrongCredentials } from "@messenger/protocol/Session"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { entryPage, linkPage } from "../src/App.tsx"
import { logOutQuestion } from "../src/session/logOutQuestion.ts"
import { modeOf } from "../src/session/mode.ts"
import { usernameFrom } from "../src/session/username.ts"
import { words } from "../src/session/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { parseRoute } from "../src/ui/router.ts"
import { rightPassword } from "./preview/imaginedAccount.ts"
import { ada, kim } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let page: ReturnType<typeof visit> | undefined
const arrive = (scene: Scene, path?: string) => (page = visit(scene, path))

beforeAll(async () => void (await Promise.all([entryPage.want(), linkPage.want()])))
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] }))
afterEach(() => {
  page?.leave()
  page = undefined
  sessionStorage.clear()
  vi.useRealTimers()
})

describe("coming in", () => {
  const open = { registration: "open", guests: true } as const
  const home = parseRoute("/")

  it("asks a visitor for no more than is needed where they want to go", () => {
    const ask = (terms: Parameters<typeof modeOf>[0]["terms"], goal: string) =>
      modeOf({ route: home, goal: parseRoute(goal), terms, isGuest: false })
    expect(ask(open, "/r/lobby")).toBe("name")
    expect(ask({ ...open, guests: false }, "/r/lobby")).toBe("login")
    expect(ask(open, "/invite")).toBe("name")
    expect(ask({ registration: "invite", guests: false }, "/invite")).toBe("register")
    expect(ask(open, "/claim")).toBe("register")
    expect(ask({ registration: "closed", guests: true }, "/claim")).toBe("register")
    expect(ask({ registration: "closed", guests: false }, "/invite")).toBe("login")
  })

  it("offers an account beside the name, unless nobody new may have one", () => {
    expect(arrive(scenes.name).has("a", words.others.register)).toBe(true)
    page?.leave()
    expect(
      arrive({ ...scenes.name, terms: { registration: "closed", guests: true } }).has("a", words.others.register)
    ).toBe(false)
  })

  it("says that an invitation is needed, unless one came by one", () => {
    expect(arrive(scenes.byInvitation).text()).toContain(words.register.byInvitation)
    expect(page?.has("button", words.register.submit)).toBe(false)
    page?.leave()
    expect(arrive(scenes.invitedToServer).has("button", words.register.submit)).toBe(true)
  })

  it("by the log-in page leads where one wanted to go", async () => {
    const here = arrive(scenes.name, "/r/engineering")
    await here.press(words.others.login)
    expect([location.pathname, here.heading()]).toEqual(["/login", words.login.title])
    here.type(words.login.login, "kim")
    here.type(words.login.password, rightPassword)
    await here.send(words.login.password)
    expect([location.pathname, here.heading()]).toEqual(["/r/engineering", "#engineering"])
  })

  it("tells what is missing beside each field, and puts the focus into the first", async () => {
    const here = arrive(scenes.register)
    here.type(words.register.username, "a b")
    await here.send(words.register.username)
    expect(here.wrong(words.register.username)).toBe(errorText(new UsernameInvalid({ reason: "ForbiddenCharacters" })))
    expect(here.wrong(words.register.email)).toBe(errorText(new EmailInvalid()))
    expect(here.wrong(words.register.password)).toBe(errorText(new PasswordRefused({ reason: "TooShort" })))
    expect(document.activeElement).toBe(here.field(words.register.username))
    here.type(words.register.username, "ab")
    expect(here.wrong(words.register.username)).toBe("")
    expect(here.wrong(words.register.email)).not.toBe("")
  })

  it("puts what the server refuses beside the field that it concerns", async () => {
    const here = arrive(scenes.register)
    here.type(words.register.username, "kim")
    here.type(words.register.email, "kim@example.org")
    here.type(words.register.password, "password1234")
    await here.send(words.register.password)
    expect(here.wrong(words.register.username)).toBe(errorText(new AccountTaken()))
    here.type(words.register.username, "mio")
    await here.send(words.register.username)
    expect(here.wrong(words.register.password)).toBe(errorText(new PasswordRefused({ reason: "Common" })))
    expect(document.activeElement).toBe(here.field(words.register.password))
  })

  it("counts down a wait that the server asks for, and then can be tried again", async () => {
    const here = arrive(scenes.login)
    const tryIt = () => here.send(words.login.password)
    here.type(words.login.login, "kim")
    here.type(words.login.password, "wrong")
    await tryIt()
    expect(here.wrong(words.login.password)).toBe(errorText(new WrongCredentials()))
    await tryIt()
    await tryIt()
    const button = here.root.querySelector('button[type="submit"]')
    expect(button?.getAttribute("aria-disabled")).toBe("true")
    expect(button?.textContent).toContain(texts.form.waiting(12))
    here.type(words.login.password, rightPassword)
    await tryIt()
    expect(here.heading()).toBe(words.login.title)
    await vi.advanceTimersByTimeAsync(12_000)
    expect(button?.getAttribute("aria-disabled")).toBe("false")
    expect(here.voice()).toBe(texts.form.again)
    await tryIt()
    expect(here.heading()).toBe("#lobby")
  })

  it("tells password managers what each field is, and shows a password on demand", async () => {
    const here = arrive(scenes.register)
    const password = here.field(words.register.password)
    expect([words.register.username, words.register.email].map((label) => here.field(label).autocomplete)).toEqual([
      "username",
      "email"
    ])
    expect([password.autocomplete, password.type]).toEqual(["new-password", "password"])
    await here.press(texts.form.showPassword)
    expect(password.type).toBe("text")
    await here.press(texts.form.showPassword)
    expect(password.type).toBe("password")
  })

  it("never puts what is typed into an address, not even when the script fails", () => {
    for (const scene of [scenes.login, scenes.register, scenes.reset, scenes.name]) {
      expect(arrive(scene).root.querySelector("form")?.method).toBe("post")
      page?.leave()
    }
  })

  it("remembers nobody who did not ask for it", () => {
    expect(arrive(scenes.login).root.querySelector<HTMLInputElement>('input[type="checkbox"]')?.checked).toBe(false)
  })
})

describe("a guest", () => {
  it("keeps their name with an account, and is back in their room without a reload", async () => {
    const here = arrive({ ...scenes.conversation, path: "/r/design" })
    history.pushState({ goal: "/r/design" }, "", "/register")
    dispatchEvent(new PopStateEvent("popstate"))
    await here.settle()
    expect(here.heading()).toBe(words.register.keepTitle)
    expect(here.field(words.register.username).value).toBe("Ada.Linden")
    here.type(words.register.email, "ada@example.org")
    here.type(words.register.password, "a few good words")
    await here.send(words.register.password)
    await here.settle()
    expect([location.pathname, here.heading()]).toEqual(["/r/design", "#design"])
    expect(here.messenger.identity.get()).toMatchObject({ user: { id: ada.id, name: ada.name, isGuest: false } })
  })

  it("is offered a username made of their name, when there is one in it", () => {
    expect(["Ada Linden", "  Jörg  ", "部屋 さん", "-x", "!", "Ada (work)"].map(usernameFrom)).toEqual([
      "Ada.Linden",
      "Jörg",
      "部屋.さん",
      "",
      "",
      "Ada.work"
    ])
  })

  it("is asked before logging out, since they cannot come back; a member only when something is unsent", () => {
    const leave = async () => ({ isOk: true, value: undefined }) as const
    expect(logOutQuestion(kim, 0, leave)).toBeUndefined()
    expect(logOutQuestion(kim, 2, leave)?.text).toBe(words.logout.unsent(2))
    expect(logOutQuestion(ada, 0, leave)?.text).toBe(words.logout.guest(ada.name))
    expect(logOutQuestion(ada, 1, leave)?.text).toContain(words.logout.guestUnsent(1))
  })
})

describe("a session that ends elsewhere", () => {
  it("leads to the log-in page with a sentence that says why, and back after logging in", async () => {
    const here = arrive(scenes.member, "/r/design")
    here.messenger.end("Revoked")
    await here.settle()
    expect([location.pathname, here.heading()]).toEqual(["/login", words.login.title])
    expect(here.root.querySelector("main")?.textContent).toContain(words.ended.Revoked)
    expect(here.voice()).toBe(words.ended.Revoked)
    here.type(words.login.login, "kim")
    here.type(words.login.password, rightPassword)
    await here.send(words.login.password)
    expect([location.pathname, here.heading()]).toEqual(["/r/design", "#design"])
  })

  it("says so for every reason", async () => {
    for (const end of ["Revoked", "Expired", "Deactivated", "Deleted", "SignedOut"] as const) {
      const here = arrive(scenes.member, "/r/design")
      here.messenger.end(end)
      await here.settle()
      expect(here.root.querySelector("main")?.textContent).toContain(words.ended[end])
      here.leave()
    }
  })

  it("leaves nothing of where one was after a log-out or a deletion", async () => {
    for (const end of ["SignedOut", "Deleted"] as const) {
      const here = arrive(scenes.member, "/r/design")
      here.messenger.end(end)
      await here.settle()
      expect(JSON.stringify(history.state)).not.toContain("design")
      await here.press(words.others.guest)
      expect(location.pathname).toBe("/")
      here.leave()
    }
  })

  it("leads a guest to where guests come in, at the same address", async () => {
    const here = arrive(scenes.conversation, "/r/design")
    here.messenger.end("Expired")
    await here.settle()
    expect([location.pathname, here.heading()]).toEqual(["/r/design", words.name.title])
    expect(here.text()).toContain(words.ended.Expired)
  })
})

describe("a link with a token", () => {
  it("makes a visitor the owner after an account of their own", async () => {
    const here = arrive(scenes.claimAsVisitor)
    expect(location.href).not.toContain("token")
    expect(here.text()).toContain(words.intro.claim)
    here.type(words.register.username, "mio")
    here.type(words.register.email, "mio@example.org")
    here.type(words.register.password, "a few good words")
    await here.send(words.register.password)
    expect(here.heading()).toBe(words.link.claimTitle)
    await here.press(words.link.claimSubmit)
    expect(location.pathname).toBe("/r/lobby")
    expect(here.voice()).toBe(words.link.claimed)
  })

  it("keeps its token on the way over the log-in page", async () => {
    const here = arrive(scenes.claimAsVisitor)
    await here.press(words.others.login)
    here.type(words.login.login, "kim")
    here.type(words.login.password, rightPassword)
    await here.send(words.login.password)
    expect([location.pathname, here.has("button", words.link.claimSubmit)]).toEqual(["/claim", true])
  })

  it("leads into the room that it is for", async () => {
    const here = arrive(scenes.invite)
    await here.settle()
    await here.press(words.link.join("design"))
    expect([location.pathname, here.heading()]).toEqual(["/r/design", "#design"])
  })

  it("to the server makes an account of a guest, and is used up by it", async () => {
    const here = arrive({ ...scenes.conversation, terms: { registration: "invite", guests: true } }, "/invite#server")
    await here.settle()
    here.type(words.register.email, "ada@example.org")
    here.type(words.register.password, "a few good words")
    await here.send(words.register.password)
    expect(here.messenger.identity.get()).toMatchObject({ user: { id: ada.id, isGuest: false } })
    await here.settle()
    expect(location.pathname).toBe("/r/lobby")
  })

  it("that is used up says so", async () => {
    const here = arrive(scenes.inviteGone)
    await here.settle()
    expect(here.text()).toContain("used already")
    await here.press(words.link.home)
    expect(location.pathname).toBe("/r/lobby")
  })

  it("sets a new password and logs in", async () => {
    const here = arrive(scenes.reset)
    here.type(words.link.newPassword, "short")
    await here.send(words.link.newPassword)
    expect(here.wrong(words.link.newPassword)).toBe(errorText(new PasswordRefused({ reason: "TooShort" })))
    here.type(words.link.newPassword, "a few good words")
    await here.send(words.link.newPassword)
    await here.settle()
    expect([location.pathname, here.heading()]).toEqual(["/r/lobby", "#lobby"])
  })

  it("is still there after a reload, before an account and after it", async () => {
    arrive(scenes.claimAsVisitor).leave()
    const again = arrive(scenes.claimAsVisitor, "/claim")
    expect(again.text()).toContain(words.intro.claim)
    again.leave()
    expect(arrive(scenes.claim, "/claim").has("button", words.link.claimSubmit)).toBe(true)
  })

  it("that came without its token promises nothing, and says what to do", () => {
    const visitor = arrive(scenes.claimAsVisitor, "/claim")
    expect(visitor.text()).toContain(words.link.incomplete)
    expect(visitor.text()).not.toContain(words.intro.claim)
    visitor.leave()
    expect(arrive(scenes.claim, "/claim").text()).toContain(words.link.incomplete)
  })
})
