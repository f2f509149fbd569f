import { readFile } from "node:fs/promises"
import { chromium } from "playwright-core"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest"
import { axePath } from "../../../tests/chromium.ts"
import { serveScreens } from "./preview/serve.ts"
import type { scenes } from "./preview/scenes.ts"

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }
type Look = { readonly viewport: typeof phone; readonly theme: "light" | "dark" }

let screens: Awaited<ReturnType<typeof serveScreens>>
let browser: Browser
let axe = ""

beforeAll(async () => {
  const { executablePath, env, args } = inject("chromium")
  vi.stubEnv("NODE_ENV", "production")
  screens = await serveScreens()
  browser = await chromium.launch({ executablePath, env, args: [...args] })
  axe = await readFile(axePath(), "utf8")
})
afterAll(async () => {
  await browser.close()
  await screens.close()
})

/** Opens a scene in a fresh browser; fails with what the page complains of, a breach of the policy among it. */
const look = async <A>(
  scene: keyof typeof scenes,
  { viewport, theme }: Look,
  act: (page: Page) => Promise<A>
): Promise<A> => {
  const isPhone = viewport === phone
  // The system asks for the other theme, so what is seen is the forced one.
  const colorScheme = theme === "dark" ? "light" : "dark"
  // Without motion, so that what is measured stands still.
  const context = await browser.newContext({
    viewport,
    colorScheme,
    hasTouch: isPhone,
    isMobile: isPhone,
    reducedMotion: "reduce"
  })
  const complaints: Array<string> = []
  const page = await context.newPage()
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  try {
    page.setDefaultTimeout(10_000)
    await page.goto(`${screens.url}?scene=${scene}&theme=${theme}`)
    await page.locator("main").waitFor()
    const result = await act(page)
    expect(complaints).toEqual([])
    return result
  } catch (error) {
    // What the page complained of explains best why something did not come.
    expect(complaints).toEqual([])
    throw error
  } finally {
    await context.close()
  }
}

const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe)
  return page.evaluate<ReadonlyArray<string>>(
    "axe.run().then((result) => result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('; ')))"
  )
}

const everyLook: ReadonlyArray<Look> = [phone, desk].flatMap((viewport) =>
  (["light", "dark"] as const).map((theme) => ({ viewport, theme }))
)
// What is waited for comes at once; a busy machine may take its time.
const patience = { timeout: 10_000 }

const log = (page: Page) => page.getByRole("region", { name: "Messages in lobby" })
const distanceFromEnd = (page: Page) =>
  log(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)

/** The message of one's own in the conversation. */
const own = (page: Page) => page.locator("li", { hasText: "Ada Linden" }).filter({ hasText: /On it|elsewhere/ })
const box = (page: Page) => page.getByRole("textbox", { name: "Edit your message" })
const openBox = async (page: Page) => {
  await page.getByText("On it.").waitFor()
  await own(page).evaluate((row) => row.focus())
  await own(page).getByRole("button", { name: "Edit message" }).click()
  await box(page).waitFor()
}

const openMembers = async (page: Page) => {
  await page.getByRole("button", { name: "Members" }).click()
  await page.getByRole("dialog", { name: "Members of #books" }).getByText("Heron").waitFor()
}

const chooseFor = async (page: Page, person: string, action: string) => {
  await page.getByRole("button", { name: `Manage ${person}` }).press("Enter")
  await page.getByRole("menuitem", { name: action }).press("Enter")
}

const firstInSight = (page: Page) =>
  log(page).evaluate((frame) => {
    const { top } = frame.getBoundingClientRect()
    const row = [...frame.querySelectorAll("li")].find((item) => item.getBoundingClientRect().top >= top)
    return { text: row?.textContent, top: row?.getBoundingClientRect().top, height: frame.scrollHeight }
  })

describe("axe, on a phone and on a desk, light and dark,", () => {
  const screensToCheck: ReadonlyArray<
    readonly [string, keyof typeof scenes, (page: Page, isPhone: boolean) => Promise<unknown>]
  > = [
    ["on the name page", "name", async () => {}],
    [
      "on the name page with a refusal",
      "invited",
      async (page) => {
        await page.getByRole("textbox", { name: "Display name" }).fill("Kim")
        await page.getByRole("button", { name: "Start chatting" }).click()
        await page.getByText("Somebody has that name already").waitFor()
      }
    ],
    ["on the log-in page", "login", async (page) => page.getByRole("button", { name: "Log in" }).waitFor()],
    [
      "on the log-in page that asks to wait",
      "login",
      async (page) => {
        for (let tries = 0; tries < 3; tries++) {
          await page.getByLabel("Username or email").fill("kim")
          await page.getByLabel("Password", { exact: true }).fill("wrong")
          await page.getByRole("button", { name: "Log in" }).click()
          await page.getByText(tries < 2 ? "There is no account" : "Please wait").waitFor()
        }
      }
    ],
    [
      "on the registration page with errors",
      "register",
      async (page) => {
        await page.getByLabel("Username").fill("a b")
        await page.getByRole("button", { name: "Create account" }).click()
        await page.getByText("A username is made of letters").waitFor()
      }
    ],
    [
      "where only members come in",
      "onlyMembers",
      async (page) => page.getByText("New accounts need an invitation").waitFor()
    ],
    [
      "where a guest keeps their name",
      "keepName",
      async (page) => page.getByRole("heading", { name: "Keep your name" }).waitFor()
    ],
    [
      "after the session ended elsewhere",
      "member",
      async (page) => {
        await page.evaluate("messenger.end('Revoked')")
        await page.getByRole("main").getByText("This device was logged out").waitFor()
      }
    ],
    ["before an invitation", "invite", async (page) => page.getByRole("button", { name: "Join #design" }).waitFor()],
    ["before an invitation that is over", "inviteGone", async (page) => page.getByText("used already").waitFor()],
    [
      "before becoming the owner",
      "claim",
      async (page) => page.getByRole("button", { name: "Become the owner" }).waitFor()
    ],
    ["before a new password", "reset", async (page) => page.getByLabel("New password").waitFor()],
    ["in the settings", "settings", async (page) => page.getByText("Firefox on Windows").waitFor()],
    [
      "in the settings with a form open and errors in it",
      "settings",
      async (page) => {
        await page.getByRole("button", { name: "Change your password" }).click()
        await page.getByRole("button", { name: "Save" }).last().click()
        await page.getByText("Please enter your password.").waitFor()
      }
    ],
    ["in the settings of a guest", "guestSettings", async (page) => page.getByText("Firefox on Windows").waitFor()],
    [
      "before the account is deleted",
      "settings",
      async (page) => {
        await page.getByRole("button", { name: "Delete account" }).click()
        await page.getByRole("alertdialog", { name: "Delete your account?" }).waitFor()
      }
    ],
    [
      "before logging out with something unsent",
      "unsent",
      async (page, isPhone) => {
        if (isPhone) await page.getByRole("button", { name: "Open rooms" }).click()
        await page.getByRole("button", { name: "Status and settings" }).click()
        await page.getByRole("menuitem", { name: "Log out" }).click()
        await page.getByRole("alertdialog", { name: "Log out?" }).waitFor()
      }
    ],
    ["in a room", "conversation", async (page) => page.getByText("are typing…").waitFor()],
    ["in an empty room", "empty", async (page) => page.getByText("Nobody has said anything").waitFor()],
    ["while offline", "offline", async (page) => page.getByText("Connection lost").first().waitFor()],
    ["beside a message that failed", "failed", async (page) => page.getByRole("button", { name: "Discard" }).waitFor()],
    ["in a crowded room", "crowded", async () => {}],
    ["while a room is on its way", "waiting", async () => {}],
    ["where there is no room", "noRoom", async () => {}],
    ["beside edited and deleted messages", "edited", async (page) => page.getByText("(edited)").waitFor()],
    ["in a private room", "private", async (page) => page.getByText("Thanks!").waitFor()],
    [
      "beside the actions of a message",
      "conversation",
      async (page) => {
        await page.getByText("On it.").waitFor()
        await own(page).evaluate((row) => row.focus())
        await own(page).getByRole("button", { name: "Edit message" }).waitFor()
      }
    ],
    [
      "with a message in its box, and a newer version of it",
      "conversation",
      async (page) => {
        await openBox(page)
        await page.evaluate("amend(5, 'From elsewhere')")
        await page.getByText("It now says").waitFor()
      }
    ],
    [
      "with the question before a deletion",
      "conversation",
      async (page) => {
        await page.getByText("On it.").waitFor()
        await own(page).evaluate((row) => row.focus())
        await own(page).getByRole("button", { name: "Delete message" }).click()
        await page.getByRole("alertdialog", { name: "Delete this message?" }).waitFor()
      }
    ],
    [
      "with the members of a private room, a menu and a new link",
      "private",
      async (page) => {
        await openMembers(page)
        await page.getByRole("button", { name: "Make a link" }).click()
        await page.getByText("shown only now").waitFor()
        await page.getByRole("button", { name: "Change Heron" }).click()
        await page.getByRole("menuitem", { name: "Remove from the room" }).waitFor()
      }
    ],
    [
      "with the members of a private room before those who may change nothing",
      "guestInPrivate",
      async (page) => openMembers(page)
    ],
    [
      "with the question before a member is removed",
      "private",
      async (page) => {
        await openMembers(page)
        await page.getByRole("button", { name: "Change Heron" }).click()
        await page.getByRole("menuitem", { name: "Remove from the room" }).click()
        await page.getByRole("alertdialog", { name: "Remove Heron?" }).waitFor()
      }
    ],
    [
      "on the page of people, with a menu open",
      "adminPeople",
      async (page) => {
        await page.getByRole("button", { name: "Manage Sage" }).click()
        await page.getByRole("menuitemradio", { name: "Member" }).waitFor()
      }
    ],
    [
      "with a link to a new password",
      "adminPeople",
      async (page) => {
        await chooseFor(page, "Sage", "Make a link for a new password")
        await page.getByRole("alertdialog").getByRole("textbox", { name: "Link for a new password" }).waitFor()
      }
    ],
    [
      "on the page of invitations, with a new link",
      "adminInvitations",
      async (page) => {
        await page.getByRole("button", { name: "Make a link" }).click()
        await page.getByText("shown only now").waitFor()
      }
    ],
    ["on the page of apps", "adminApps", async (page) => page.getByText("Build server").waitFor()],
    [
      "with the form for a token and errors in it",
      "adminApps",
      async (page) => {
        await page.getByRole("button", { name: "Make a token for Deploys" }).click()
        await page.getByRole("button", { name: "Make the token" }).click()
        await page.getByText("Please enter your password.").waitFor()
      }
    ],
    [
      "with the question before a token is revoked",
      "adminApps",
      async (page) => {
        await page.getByRole("button", { name: "Revoke Trial of Deploys" }).click()
        await page.getByRole("alertdialog", { name: "Revoke Trial?" }).waitFor()
      }
    ],
    ["on the page of the audit log", "adminAudit", async (page) => page.getByText("deactivated").waitFor()],
    [
      "with the roles of a public room",
      "owner",
      async (page) => {
        await page.getByRole("button", { name: "Roles in this room" }).click()
        await page.getByRole("dialog").getByText("Kim Juniper").waitFor()
      }
    ],
    [
      "with the menu open",
      "conversation",
      async (page, isPhone) => {
        if (isPhone) await page.getByRole("button", { name: "Open rooms" }).click()
        await page.getByRole("button", { name: "Status and settings" }).click()
        await page.getByRole("menuitemradio", { name: "Do not disturb" }).waitFor()
      }
    ],
    [
      "with the dialog for a new room open",
      "conversation",
      async (page, isPhone) => {
        if (isPhone) await page.getByRole("button", { name: "Open rooms" }).click()
        await page.getByRole("button", { name: "Create a room" }).click()
        await page.getByRole("dialog", { name: "Create a room" }).waitFor()
      }
    ],
    [
      "with the people in sight",
      "conversation",
      async (page, isPhone) => {
        if (isPhone) await page.getByRole("button", { name: /^People/ }).click()
        await page.getByText("Dara Rowan").last().waitFor()
      }
    ]
  ]
  for (const [where, scene, act] of screensToCheck)
    it(`finds nothing ${where}`, async () => {
      for (const one of everyLook) {
        const found = await look(scene, one, async (page) => {
          await act(page, one.viewport === phone)
          return violations(page)
        })
        expect(found).toEqual([])
      }
    })
})

describe("the conversation", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }

  it("opens at the end, and follows it while it is in sight", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      await page.evaluate("hear('Something new\\nof two lines')")
      await page.getByText("Something new").first().waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("follows the end through a burst that is faster than its frames", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.evaluate(`new Promise((done) => {
        let left = 60
        const turn = () => {
          for (let i = 0; i < 10; i++) hear("burst " + left + " " + i)
          if (--left > 0) setTimeout(turn, 5)
          else done()
        }
        turn()
      })`)
      await page.getByText("burst 1 9", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("stays where the reader is when something comes, and says how much has come", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      await page.mouse.wheel(0, -400)
      await page.getByRole("button", { name: "Jump to the newest message" }).waitFor()
      const before = await log(page).evaluate((element) => element.scrollTop)
      await page.evaluate("hear('One')")
      await page.evaluate("hear('Two')")
      const pill = page.getByRole("button", { name: "2 new messages" })
      await pill.waitFor()
      expect(await log(page).evaluate((element) => element.scrollTop)).toBe(before)
      await pill.click()
      await page.getByText("Two", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("keeps its place to the pixel when older messages come in above", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      await page.evaluate("holdOlder()")
      for (let turns = 0; turns < 80 && !(await page.getByText("Loading older").isVisible()); turns++)
        await page.mouse.wheel(0, -120)
      // The wheel turns on for a moment.
      let before = await firstInSight(page)
      await expect
        .poll(async () => {
          const [then, now] = [before, await firstInSight(page)]
          before = now
          return now.top === then.top && now.text === then.text
        }, patience)
        .toBe(true)
      await page.evaluate("letOlderGo()")
      await expect.poll(async () => (await firstInSight(page)).height, patience).toBeGreaterThan(before.height + 1000)
      const after = await firstInSight(page)
      expect([after.text, after.top]).toEqual([before.text, before.top])
    }))

  it("keeps the end in sight while the composer grows", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.getByRole("textbox").fill("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12")
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      const lines = await page
        .getByRole("textbox")
        .evaluate((field) => field.clientHeight / parseFloat(getComputedStyle(field).lineHeight))
      expect(Math.floor(lines)).toBe(10)
    }))

  it("opens at the line when there is more unread than fits", () =>
    look("unread", atDesk, async (page) => {
      await page.getByText("New", { exact: true }).waitFor()
      expect(await distanceFromEnd(page)).toBeGreaterThan(300)
      expect(await page.title()).toBe("(1) #lobby · Messenger")
    }))

  it("is walked through with the arrow keys, and left with Tab", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await log(page).focus()
      await page.keyboard.press("ArrowUp")
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), patience).toContain("Thanks!")
      await page.keyboard.press("ArrowUp")
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent), patience)
        .toContain("I keep an eye")
    }))

  it("announces what others say, once, and nothing of one's own", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByRole("textbox").fill("My own words")
      await page.keyboard.press("Enter")
      await page.evaluate("hear('Good morning')")
      const voice = page.locator("[aria-live=polite]")
      await expect.poll(() => voice.textContent(), patience).toBe("Heron: Good morning")
    }))
})

describe("the messages of one's own", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }
  /** Waits until what `selector` says has the focus; fails when that does not come. */
  const hasFocus = async (page: Page, selector: string): Promise<boolean> => {
    await page.waitForFunction((one) => document.activeElement?.matches(one), selector)
    return true
  }

  it("are reached with the arrow keys and Tab, and the rest of the conversation is no further stop", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await log(page).focus()
      await page.keyboard.press("ArrowUp")
      await page.keyboard.press("Tab")
      // From a message without actions, past its link, to where one writes.
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "textarea")).toBe(true)
      await own(page).evaluate((row) => row.focus())
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "button[aria-label='Edit message']")).toBe(true)
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "button[aria-label='Delete message']")).toBe(true)
    }))

  it("the last one is taken up with the arrow upwards, and left with Escape, or saved with Enter", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await page.getByRole("textbox").press("ArrowUp")
      await expect.poll(() => box(page).evaluate((field) => field === document.activeElement), patience).toBe(true)
      await page.keyboard.type(" Not")
      await page.keyboard.press("Escape")
      expect(await hasFocus(page, "form textarea[aria-label='Message #lobby']")).toBe(true)
      expect(await page.getByText("past the head Not").count()).toBe(0)
      await page.keyboard.press("ArrowUp")
      await box(page).fill("On it, all of it.")
      await page.keyboard.press("Enter")
      await page.getByText("On it, all of it.").waitFor()
      await page.getByText("(edited)").waitFor()
      expect(await hasFocus(page, "form textarea[aria-label='Message #lobby']")).toBe(true)
    }))

  it("leave the focus on their row when they are deleted", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("On it.").waitFor()
      await own(page).evaluate((row) => row.focus())
      await page.keyboard.press("Tab")
      await page.keyboard.press("Tab")
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").waitFor()
      await page.keyboard.press("Escape")
      expect(await hasFocus(page, "button[aria-label='Delete message']")).toBe(true)
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").getByRole("button", { name: "Delete message" }).click()
      await page.getByText("This message was deleted.").waitFor()
      expect(await hasFocus(page, "li")).toBe(true)
    }))

  it("stay where they are while their box grows, in the middle of the conversation", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      for (let turns = 0; turns < 4; turns++) await page.mouse.wheel(0, -200)
      // The element: while its box is open the row does not say what it said.
      const row = await page.locator("li", { hasText: "Message 435" }).elementHandle()
      if (row === null) throw new Error("The message is not in sight.")
      const top = () => row.evaluate((element) => Math.round(element.getBoundingClientRect().top))
      let before = await top()
      await expect
        .poll(async () => {
          const then = before
          before = await top()
          return before === then
        }, patience)
        .toBe(true)
      await row.evaluate((element) => element.focus({ preventScroll: true }))
      await (await row.waitForSelector("button[aria-label='Edit message']")).click()
      await box(page).fill("1\n2\n3\n4\n5\n6")
      await page.waitForTimeout(100)
      expect(await top()).toBe(before)
      await page.keyboard.press("Enter")
      await page.getByText("(edited)").waitFor()
      expect(await top()).toBe(before)
    }))

  it("keep the end in sight when the last one grows", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.getByRole("textbox").press("ArrowUp")
      await box(page).fill("1\n2\n3\n4\n5\n6\n7\n8")
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      await page.keyboard.press("Enter")
      await page.getByText("(edited)").waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("are shown what can be done with them by a finger that rests on them", () =>
    look("conversation", { viewport: phone, theme: "light" }, async (page) => {
      await page.getByText("On it.").waitFor()
      const bar = own(page).locator(".message-actions")
      expect(await bar.evaluate((element) => getComputedStyle(element).opacity)).toBe("0")
      await own(page).evaluate((row) => {
        const { left, top } = row.getBoundingClientRect()
        const init = { bubbles: true, pointerType: "touch", isPrimary: true, clientX: left + 99, clientY: top + 20 }
        row.dispatchEvent(new PointerEvent("pointerdown", init))
      })
      await expect.poll(() => bar.evaluate((element) => getComputedStyle(element).opacity), patience).toBe("1")
    }))
})

describe("accounts", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement } = document
      return activeElement instanceof HTMLInputElement ? activeElement.labels?.[0]?.textContent : activeElement?.tagName
    })

  it("can be made with the keyboard alone, and the focus goes to what is wrong first", () =>
    look("name", atDesk, async (page) => {
      await expect.poll(() => focused(page), patience).toBe("Display name")
      await page.getByRole("link", { name: "Create an account" }).focus()
      await page.keyboard.press("Enter")
      await expect.poll(() => focused(page), patience).toBe("Username")
      await page.keyboard.type("mio.hazel")
      await page.keyboard.press("Tab")
      await page.keyboard.type("nowhere")
      await page.keyboard.press("Tab")
      await page.keyboard.type("a few good words")
      await page.keyboard.press("Enter")
      await page.getByText("That does not look like an email address.").waitFor()
      await expect.poll(() => focused(page), patience).toBe("Email")
      await page.keyboard.type("mio@example.org")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { name: "lobby" }).waitFor()
    }))

  it("keep a shown password hidden when it is sent", () =>
    look("login", atDesk, async (page) => {
      await page.getByLabel("Username or email").fill("kim")
      await page.getByLabel("Password", { exact: true }).fill("wrong")
      await page.getByRole("button", { name: "Show password" }).click()
      const field = page.getByLabel("Password", { exact: true })
      expect(await field.getAttribute("type")).toBe("text")
      await field.press("Enter")
      await page.getByText("There is no account").waitFor()
      expect(await field.getAttribute("type")).toBe("password")
      await expect.poll(() => focused(page), patience).toBe("Password")
    }))

  it("have their settings in the menu, and lead back to the room", () =>
    look("member", atDesk, async (page) => {
      await page.getByRole("button", { name: "Status and settings" }).click()
      await page.getByRole("menuitem", { name: "Settings" }).click()
      await page.getByRole("heading", { name: "Settings" }).waitFor()
      expect(new URL(page.url()).pathname).toBe("/settings")
      await page.getByRole("radio", { name: "Teal" }).check()
      await page.getByRole("button", { name: "Save" }).click()
      await page.locator("nav .person-6").waitFor()
      await page.getByRole("button", { name: "Close" }).click()
      await page.getByRole("heading", { name: "lobby" }).waitFor()
    }))

  it("log out after the question, and leave nothing in the address", () =>
    look("unsent", atDesk, async (page) => {
      await page.getByRole("button", { name: "Status and settings" }).click()
      await page.getByRole("menuitem", { name: "Log out" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Log out" }).click()
      await page.getByRole("main").getByText("You have logged out.").waitFor()
      expect(new URL(page.url()).pathname).toBe("/login")
    }))

  it("take the token of a link out of the address and its history", () =>
    look("invite", atDesk, async (page) => {
      await page.getByRole("button", { name: "Join #design" }).waitFor()
      expect(page.url()).not.toContain("#")
      await page.getByRole("button", { name: "Join #design" }).click()
      await page.getByRole("heading", { name: "design" }).waitFor()
      await page.goBack()
      expect(page.url()).not.toContain("#")
    }))
})

describe("the page of people", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }
  const rowOf = (page: Page, name: string) =>
    page.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: name })
  const focused = (page: Page, label: string) =>
    page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name, label)
  const setRole = async (page: Page, person: string, role: string) => {
    await page.getByRole("button", { name: `Manage ${person}` }).press("Enter")
    await page.getByRole("menuitemradio", { name: role }).press("Enter")
  }
  const answer = (page: Page, action: string) =>
    page.getByRole("alertdialog").getByRole("button", { name: action }).press("Enter")

  it("gives roles from the keyboard, asks before those that have power, and keeps the focus on the person", () =>
    look("adminPeople", atDesk, async (page) => {
      await setRole(page, "Kim Juniper", "Member")
      await rowOf(page, "Kim Juniper").getByText("Member").waitFor()
      await focused(page, "Manage Kim Juniper")
      await setRole(page, "Sage", "Owner")
      await answer(page, "Cancel")
      await focused(page, "Manage Sage")
      await rowOf(page, "Sage").getByText("Member").waitFor()
      await setRole(page, "Sage", "Owner")
      await answer(page, "Make an owner")
      await rowOf(page, "Sage").getByText("Owner").waitFor()
      await focused(page, "Manage Sage")
      expect(await page.getByRole("alertdialog").count()).toBe(0)
    }))

  it("keeps the last owner one, and says why", () =>
    look("adminPeople", atDesk, async (page) => {
      await setRole(page, "Dara Rowan", "Admin")
      await answer(page, "Give it up")
      await page.getByRole("alertdialog").getByText("Somebody has to be the owner").waitFor()
      await answer(page, "Cancel")
      expect(await rowOf(page, "Dara Rowan").textContent()).toContain("Owner")
    }))

  it("deactivates after a question, activates again, and signs out everywhere", () =>
    look("adminPeople", atDesk, async (page) => {
      await chooseFor(page, "Sage", "Deactivate")
      await answer(page, "Deactivate")
      await rowOf(page, "Sage").getByText("deactivated").waitFor()
      await focused(page, "Manage Sage")
      await chooseFor(page, "Sage", "Activate again")
      await rowOf(page, "Sage").getByText("deactivated").waitFor({ state: "detached" })
      await focused(page, "Manage Sage")
      await chooseFor(page, "Sage", "Sign out everywhere")
      await answer(page, "Sign out")
      await page.getByText("Sage is signed out everywhere.").waitFor()
      await page.getByRole("alertdialog").waitFor({ state: "detached" })
      expect(await rowOf(page, "Sage").getByText("deactivated").count()).toBe(0)
    }))

  it("shows the link to a new password once", () =>
    look("adminPeople", atDesk, async (page) => {
      await chooseFor(page, "Sage", "Make a link for a new password")
      const link = page.getByRole("textbox", { name: "Link for a new password" })
      expect(await link.inputValue()).toMatch(/^http:\/\/[^/]+\/reset#\w+$/)
      await answer(page, "Done")
      await link.waitFor({ state: "detached" })
      await focused(page, "Manage Sage")
    }))
})

describe("the page of apps", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }

  it("shows the secret of a token once, and takes a token back, each after the password", () =>
    look("adminApps", atDesk, async (page) => {
      await page.getByRole("button", { name: "Make a token for Backups" }).press("Enter")
      await page.getByRole("textbox", { name: "What is it for?" }).fill("Nightly")
      await page.getByRole("radio", { name: "Read", exact: true }).check()
      await page.getByLabel("Your password", { exact: true }).fill("not this one")
      await page.keyboard.press("Enter")
      await page.getByText("That is not your password.").waitFor()
      await page.keyboard.type("correct horse battery")
      await page.keyboard.press("Enter")
      const secret = page.getByRole("textbox", { name: "Token" })
      expect(await secret.inputValue()).toMatch(/^msgr_/)
      await page.getByRole("button", { name: "Done" }).press("Enter")
      await secret.waitFor({ state: "detached" })
      await page.getByRole("button", { name: "Revoke Nightly of Backups" }).press("Enter")
      await page.getByLabel("Your password", { exact: true }).fill("correct horse battery")
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").waitFor({ state: "detached" })
      expect(await page.getByText("Nightly", { exact: true }).count()).toBe(0)
      await page.waitForFunction(() => document.activeElement?.textContent === "Backups")
    }))
})

describe("the members of a private room", () => {
  const atDesk: Look = { viewport: desk, theme: "light" }
  const membersOf = (page: Page) => page.getByRole("dialog").getByRole("list", { name: "People" }).getByRole("listitem")

  it("are added, given a role and removed from the keyboard, with the focus where one goes on", () =>
    look("private", atDesk, async (page) => {
      await openMembers(page)
      await page.getByRole("textbox", { name: "Add somebody by username" }).fill("nobody")
      await page.keyboard.press("Enter")
      await page.getByText("There is nobody of that name").waitFor()
      await page.keyboard.press("Control+a")
      await page.keyboard.type("sage")
      await page.keyboard.press("Enter")
      await membersOf(page).filter({ hasText: "Sage" }).waitFor()
      await page.getByRole("button", { name: "Change Sage" }).press("Enter")
      await page.getByRole("menuitemradio", { name: "Moderator" }).click()
      await membersOf(page).filter({ hasText: "Sage" }).filter({ hasText: "Moderator" }).waitFor()
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Change Sage")
      await page.getByRole("button", { name: "Change Sage" }).press("Enter")
      await page.getByRole("menuitem", { name: "Remove from the room" }).press("Enter")
      await page.getByRole("alertdialog").waitFor()
      await page.keyboard.press("Escape")
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Change Sage")
      await page.keyboard.press("Enter")
      await page.getByRole("menuitem", { name: "Remove from the room" }).press("Enter")
      await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click()
      await membersOf(page).filter({ hasText: "Sage" }).waitFor({ state: "detached" })
      await page.waitForFunction(() => document.activeElement?.tagName === "UL")
      // While the question is closing, what lies below it is hidden from the tree of roles.
      await expect.poll(() => membersOf(page).count(), patience).toBe(4)
    }))

  it("one who leaves is told so, and the room is gone from the list", () =>
    look("guestInPrivate", atDesk, async (page) => {
      await openMembers(page)
      expect(await page.getByRole("dialog").getByRole("button").allTextContents()).toEqual(["", "Leave this room"])
      await page.getByRole("button", { name: "Leave this room" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click()
      await page.getByRole("heading", { name: "You are no longer in this room." }).waitFor()
      expect(await page.getByRole("link", { name: "books" }).count()).toBe(0)
    }))

  it("the last owner cannot leave, and is told why", () =>
    look("private", atDesk, async (page) => {
      await openMembers(page)
      await page.getByRole("button", { name: "Leave this room" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click()
      const alert = page.getByRole("alertdialog").getByRole("alert")
      await expect.poll(() => alert.textContent(), patience).toContain("owner")
    }))
})

describe("on a phone", () => {
  const onPhone: Look = { viewport: phone, theme: "dark" }

  it("fields have letters of 16 px and what is pressed is 44 px high", () =>
    look("conversation", onPhone, async (page) => {
      await page.getByText("Thanks!").waitFor()
      expect(await page.getByRole("textbox").evaluate((field) => getComputedStyle(field).fontSize)).toBe("16px")
      const small = await page
        .locator("button:visible")
        .evaluateAll((buttons) =>
          buttons.filter((button) => button.getBoundingClientRect().height < 44).map((button) => button.textContent)
        )
      expect(small).toEqual([])
    }))

  it("the drawer closes with Escape and gives the focus back", () =>
    look("conversation", onPhone, async (page) => {
      const opener = page.getByRole("button", { name: "Open rooms" })
      await opener.click()
      await page.getByRole("dialog", { name: "Rooms" }).waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("dialog", { name: "Rooms" }).waitFor({ state: "detached" })
      await expect.poll(() => opener.evaluate((button) => button === document.activeElement), patience).toBe(true)
    }))

  it("a room that is gone to has the focus on its name, and in its composer where there is a keyboard", async () => {
    const goes = async (page: Page) => {
      await page.getByRole("button", { name: "Open rooms" }).click()
      await page.getByRole("link", { name: "random" }).click()
      await page.getByRole("dialog").waitFor({ state: "detached" })
      return page.evaluate(() => document.activeElement?.tagName)
    }
    expect(await look("conversation", onPhone, goes)).toBe("H1")
    const narrow: Look = { viewport: { width: 600, height: 800 }, theme: "light" }
    expect(await look("conversation", narrow, goes)).toBe("TEXTAREA")
  })

  it("nothing is wider than the screen", async () => {
    for (const scene of [
      "name",
      "register",
      "settings",
      "adminPeople",
      "adminInvitations",
      "adminApps",
      "adminAudit",
      "conversation",
      "long",
      "failed",
      "offline"
    ] as const)
      await look(scene, onPhone, async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
      })
  })
})
