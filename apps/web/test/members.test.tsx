import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { words } from "../src/room/members/words.ts"
import { words as creating } from "../src/sidebar/words.ts"
import { texts } from "../src/texts.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let leave = () => {}
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame"] }))
afterEach(() => {
  leave()
  vi.useRealTimers()
})

const open = async (scene: Scene) => {
  const page = visit(scene)
  leave = page.leave
  await page.settle()
  return page
}
const openMembers = async (scene: Scene, button: string = texts.room.members) => {
  const page = await open(scene)
  await page.press(button)
  const dialog = () => document.querySelector("[role=dialog]")
  return {
    ...page,
    dialog,
    buttons: () =>
      [...(dialog()?.querySelectorAll("button") ?? [])].map(
        (one) => one.getAttribute("aria-label") ?? one.textContent ?? ""
      ),
    members: () => [...(dialog()?.querySelectorAll("ul:first-of-type > li") ?? [])].map((row) => row.textContent ?? "")
  }
}

describe("the members of a private room", () => {
  it("stand in the order of their names", async () => {
    await openMembers(scenes.private)
    const names = [...document.querySelectorAll("[role=dialog] ul:first-of-type > li > [dir]")]
    expect(names.map(({ textContent }) => textContent)).toEqual(["Ada Linden", "Dara Rowan", "Heron", "Kim Juniper"])
  })

  it("are shown to every member, and what one may not do is not there", async () => {
    const page = await openMembers(scenes.guestInPrivate)
    expect(page.text()).toContain(words.title("books"))
    expect(page.buttons()).toEqual([texts.close, words.leave.action])
  })

  it("see a way to take the whole conversation away where they may, and members and guests do not", async () => {
    const links = () =>
      [...document.querySelectorAll("[role=dialog] a[download]")].map((link) => link.getAttribute("href"))
    await openMembers(scenes.private)
    const path = `/api/v1/rooms/${scenes.private.memberships[0]?.roomId}/export`
    expect(links()).toEqual([`${path}?format=html`, `${path}?format=json`])
    leave()
    const memberships = scenes.private.memberships.map(({ roomId }) => ({ roomId, role: "moderator" as const }))
    await openMembers({ ...scenes.private, memberships })
    expect(links()).toEqual([])
    leave()
    const owned = scenes.guestInPrivate.memberships.map(({ roomId }) => ({ roomId, role: "owner" as const }))
    await openMembers({ ...scenes.guestInPrivate, memberships: owned })
    expect(links()).toEqual([])
  })

  it("may be changed and removed by an owner, oneself but not removed", async () => {
    const page = await openMembers(scenes.private)
    expect(page.buttons()).toEqual(
      expect.arrayContaining([words.add.submit, words.actionsFor("Heron"), words.invitations.make, words.leave.action])
    )
  })

  it("may be added, removed and invited by a moderator, who gives no roles", async () => {
    const memberships = scenes.private.memberships.map(({ roomId }) => ({ roomId, role: "moderator" as const }))
    const page = await openMembers({ ...scenes.private, memberships })
    expect(page.buttons()).toEqual(expect.arrayContaining([words.add.submit, words.invitations.make]))
    expect(page.buttons()).toContain(words.actionsFor("Heron"))
    expect(page.buttons()).not.toContain(words.actionsFor("Kim Juniper"))
  })

  it("are added by username, and a name that nobody has is said beside the field", async () => {
    const page = await openMembers(scenes.private)
    page.type(words.add.label, "nobody")
    await page.send(words.add.label)
    expect(page.field(words.add.label).getAttribute("aria-invalid")).toBe("true")
    page.type(words.add.label, "sage")
    await page.send(words.add.label)
    expect(page.members().filter((row) => row.includes("Sage")).length).toBe(1)
    expect(page.voice()).toBe(words.add.done("Sage"))
  })

  it("come in by links whose token stands behind the hash", async () => {
    const page = await openMembers(scenes.private)
    await page.press(words.invitations.make)
    expect(page.dialog()?.querySelector<HTMLInputElement>("input[readonly]")?.value).toMatch(
      new RegExp(`^${location.origin}/invite#\\S{20,}$`)
    )
  })
})

describe("a public room", () => {
  it("has roles instead of members, for those who give them", async () => {
    const page = await openMembers(scenes.owner, texts.room.roles)
    expect(page.text()).toContain(words.rolesTitle("lobby"))
    expect(page.members().map((row) => row.includes(words.roles.member))).toEqual([false, false])
    expect(page.buttons()).not.toContain(words.leave.action)
    expect(page.buttons()).not.toContain(words.invitations.make)
  })

  it("makes moderators of those who are named", async () => {
    const page = await openMembers(scenes.owner, texts.room.roles)
    page.type(words.add.roleLabel, "sage")
    await page.send(words.add.roleLabel)
    expect(page.members().find((row) => row.includes("Sage"))).toContain(words.roles.moderator)
  })

  it("shows nobody else a way to roles", async () => {
    const page = await open(scenes.conversation)
    expect(page.has("button", texts.room.roles)).toBe(false)
    expect(page.has("button", texts.room.members)).toBe(false)
  })
})

describe("a new room", () => {
  it("is private when its maker says so, and has a lock at once", async () => {
    const page = await open(scenes.private)
    await page.press(texts.rooms.create)
    page.type(creating.label, "Secrets")
    document.querySelector<HTMLInputElement>("[role=switch]")?.click()
    await page.settle()
    expect(page.text()).toContain(creating.privateHint)
    await page.send(creating.label)
    await page.settle()
    expect(page.heading()).toBe("private Secrets")
  })

  it("is never private when a guest makes it, who is told why", async () => {
    const page = await open(scenes.conversation)
    await page.press(texts.rooms.create)
    expect(document.querySelector<HTMLInputElement>("[role=switch]")?.disabled).toBe(true)
    expect(page.text()).toContain(creating.guestHint)
  })
})
