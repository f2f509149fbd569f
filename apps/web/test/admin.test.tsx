import { NameTaken } from "@messenger/protocol/Account"
import { AuditAction } from "@messenger/protocol/Audit"
import { WrongPassword } from "@messenger/protocol/Password"
import { RoomId } from "@messenger/protocol/Room"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { adminPage } from "../src/Home.tsx"
import { sentenceFor } from "../src/admin/sentences.ts"
import { words } from "../src/admin/words.ts"
import { words as inviting } from "../src/room/members/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { rightPassword } from "./preview/imaginedAccount.ts"
import { dara, kim } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let page: ReturnType<typeof visit> | undefined
const arrive = async (scene: Scene) => {
  page = visit(scene)
  await page.settle()
  return page
}

beforeAll(async () => void (await adminPage.want()))
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] }))
afterEach(() => {
  page?.leave()
  page = undefined
  vi.useRealTimers()
})

const rowsOf = (root: HTMLElement, list: string) => [
  ...root.querySelectorAll<HTMLElement>(`[aria-label="${list}"] > li`)
]

describe("the pages of those who run the server", () => {
  it("are for nobody else", async () => {
    const here = await arrive({ ...scenes.adminPeople, role: "member" })
    expect(here.text()).toContain(texts.notForYou)
  })
})

describe("people", () => {
  const names = (root: HTMLElement) =>
    rowsOf(root, words.sections.people).map((row) => row.querySelector("[dir]")?.textContent)

  it("come a page at a time, with the focus where the last page begins to be read", async () => {
    const here = await arrive(scenes.adminPeople)
    expect(names(here.root).length).toBe(8)
    await here.press(words.people.more)
    expect(names(here.root).length).toBe(9)
    expect(here.has("button", words.people.more)).toBe(false)
    expect(document.activeElement?.getAttribute("aria-label")).toBe(words.sections.people)
  })

  it("are found by a part of a name or username, and it is said how many", async () => {
    const here = await arrive(scenes.adminPeople)
    here.type(words.people.search, "elder-b")
    await here.settle()
    expect(names(here.root)).toEqual(["Fern Elder-Birch of the Long Name"])
    expect(here.voice()).toBe(words.people.found(1, false))
    here.type(words.people.search, "zzz")
    await here.settle()
    expect(here.text()).toContain(words.people.nobody)
  })

  it("show a search only what was found for it, whatever comes in late", async () => {
    const here = await arrive(scenes.adminPeople)
    here.type(words.people.search, "kim")
    here.type(words.people.search, "sage")
    await here.settle()
    expect(names(here.root)).toEqual(["Sage"])
  })

  it("are shown with role, last visit and whether they are deactivated", async () => {
    const here = await arrive(scenes.adminPeople)
    const said = (name: string) =>
      rowsOf(here.root, words.sections.people).find((row) => row.textContent.includes(name))?.textContent
    expect(said("Rowan Ash")).toContain(words.people.deactivated)
    expect(said("Sage")).toContain(words.people.neverSeen)
    expect(said("Dara Rowan")).toContain(words.roles.owner)
    expect(said("Dara Rowan")).toContain(texts.people.you)
  })

  it("are managed by admins only where they are guests and members", async () => {
    const here = await arrive({ ...scenes.adminPeople, role: "admin" })
    expect(here.has("button", words.people.actionsFor("Sage"))).toBe(true)
    expect(here.has("button", words.people.actionsFor("Ada Linden"))).toBe(true)
    expect(here.has("button", words.people.actionsFor("Kim Juniper"))).toBe(false)
    expect(here.has("button", words.people.actionsFor("Dara Rowan"))).toBe(false)
  })
})

describe("invitations to the server", () => {
  it("are made and shown as a link", async () => {
    const here = await arrive(scenes.adminInvitations)
    await here.press(inviting.invitations.make)
    const link = here.root.querySelector<HTMLInputElement>(`input[aria-label="${inviting.secret.label}"]`)?.value
    expect(link).toMatch(new RegExp(`^${location.origin}/invite#\\w+$`))
    expect(here.text().split("good until").length - 1).toBe(3)
  })

  it("say what they are worth here", async () => {
    const open = await arrive(scenes.adminInvitations)
    expect(open.text()).toContain(words.invitations.text.open)
    open.leave()
    const closed = await arrive({ ...scenes.adminInvitations, terms: { registration: "closed", guests: true } })
    expect(closed.text()).toContain(words.invitations.text.closed)
  })
})

describe("apps", () => {
  const names = (root: HTMLElement) =>
    rowsOf(root, words.sections.apps).map((row) => row.querySelector("h2")?.textContent)

  it("are added by name, once each", async () => {
    const here = await arrive(scenes.adminApps)
    await here.send(words.apps.name)
    expect(here.wrong(words.apps.name)).toBe("Please enter a name.")
    here.type(words.apps.name, "Deploys")
    await here.send(words.apps.name)
    expect(here.wrong(words.apps.name)).toBe(errorText(new NameTaken()))
    here.type(words.apps.name, "Weather")
    await here.send(words.apps.name)
    expect(names(here.root)).toEqual(["Backups", "Deploys", "Weather"])
    expect([here.voice(), here.field(words.apps.name).value]).toEqual([words.apps.added("Weather"), ""])
  })

  it("get a token after one's own password, and its secret is shown", async () => {
    const here = await arrive(scenes.adminApps)
    await here.press(words.apps.makeTokenFor("Backups"))
    here.type(words.apps.tokenName, "Nightly")
    here.type(words.apps.password, "not this one")
    await here.send(words.apps.password)
    expect(here.wrong(words.apps.password)).toBe(errorText(new WrongPassword()))
    here.type(words.apps.password, rightPassword)
    await here.send(words.apps.password)
    expect(here.text()).toContain(words.apps.tokenHint)
  })
})

describe("the audit log", () => {
  const said = (root: HTMLElement) =>
    rowsOf(root, words.sections.audit).map((row) => row.querySelector("p")?.textContent)

  it("says each entry in a sentence, the newest first, and older ones when asked", async () => {
    const here = await arrive(scenes.adminAudit)
    expect(said(here.root).slice(0, 3)).toEqual([
      "Kim Juniper deleted a message by Heron in #lobby.",
      "Dara Rowan gave Kim Juniper the role admin.",
      "Somebody tried to log in as Kim Juniper and failed."
    ])
    await here.press(words.audit.older)
    expect(said(here.root).length).toBe(10)
    expect(said(here.root).at(-1)).toBe("Dara Rowan became an owner by the link for that.")
    expect(here.has("button", words.audit.older)).toBe(false)
  })

  it("tells apart what was done to oneself, to others, and by nobody who is known", () => {
    const entry = { id: 1, at: 0, room: null, detail: "", address: null }
    const sentence = (action: AuditAction, actor: typeof dara | null, subject: typeof dara | null, room?: string) =>
      sentenceFor(
        { ...entry, action, actor, subject, room: room === undefined ? null : RoomId.make(room) },
        (id) => `#${id}`
      )
        .map((part) => (typeof part === "string" ? part : part.name))
        .join("")
    expect(sentence("MemberAdded", kim, kim, "books")).toBe("Kim Juniper became a member of #books.")
    expect(sentence("MemberAdded", dara, kim, "books")).toBe("Dara Rowan added Kim Juniper to #books.")
    expect(sentence("InviteMade", dara, null)).toBe("Dara Rowan made an invitation to this server.")
    expect(sentence("LoginFailed", null, null)).toBe("Somebody tried to log in to an account that does not exist.")
    expect(sentence("LoginFailed", kim, kim)).toBe("Kim Juniper was asked for their password and gave a wrong one.")
    expect(sentence("ResetLinkMade", null, kim)).toBe(
      "A link to a new password for Kim Juniper was made from the command line."
    )
    for (const action of AuditAction.literals) expect(sentence(action, dara, kim, "books")).toMatch(/^[A-Z].+\.$/)
  })
})
