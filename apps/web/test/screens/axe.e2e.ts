import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import type { scenes } from "../preview/scenes.ts"
import { createScreens, everyLook, phone, violations } from "./Screens.ts"
import { chooseFor, openBox, openIntegrations, openMembers, own } from "./acts.ts"

const { look } = createScreens()

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
    [
      "beside what was said before the room was here",
      "earlyWords",
      async (page) => page.getByText("And a second word.").waitFor()
    ],
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
      "with the integrations of a room, an address, a secret, and deliveries",
      "private",
      async (page) => {
        await openIntegrations(page)
        await page.getByLabel("Name of a new one", { exact: true }).fill("Backups")
        await page.getByRole("button", { name: "Make an address" }).click()
        await page.getByLabel("Command line", { exact: true }).waitFor()
        await page.getByLabel("Address of a new one").fill("https://bot.example.org")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await page.getByLabel("Secret", { exact: true }).waitFor()
        await page.getByRole("button", { name: "Deliveries to search.example.org" }).click()
        await page.getByText("Given up").waitFor()
      }
    ],
    [
      "with the integrations of a room, a refusal, and a menu open",
      "private",
      async (page) => {
        await openIntegrations(page)
        await page.getByLabel("Address of a new one").fill("http://bot.example.org")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await page.getByText("has to begin with https://").waitFor()
        await page.getByRole("button", { name: "Change search.example.org" }).click()
        await page.getByRole("menuitem", { name: "Pause" }).waitFor()
      }
    ],
    ["beside what webhooks say", "integrated", async (page) => page.getByText("Closed by kim.").waitFor()],
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
