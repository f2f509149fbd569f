import { DeliveryId, WebhookUrlRefused } from "@messenger/protocol/Webhook"
import type { Delivery, DeliveryPage } from "@messenger/protocol/Webhook"
import { createRoot } from "solid-js"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { curlOf } from "../src/room/integrations/curl.ts"
import { isDue, storyOf, withNewest } from "../src/room/integrations/deliveries.ts"
import { words } from "../src/room/integrations/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { whileSeen } from "../src/ui/whileSeen.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let leave = () => {}
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame"] }))
afterEach(() => {
  leave()
  vi.useRealTimers()
})

const arrive = async (scene: Scene) => {
  const page = visit(scene)
  leave = page.leave
  await page.settle()
  return page
}
const open = async (scene: Scene = scenes.private) => {
  const page = await arrive(scene)
  await page.press(texts.room.integrations)
  const rows = (list: string) =>
    [...document.querySelectorAll(`[aria-label="${list}"] > li`)].map((row) => row.textContent ?? "")
  return {
    ...page,
    rows,
    once: (label: string) => document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)?.value ?? "",
    /** Chooses from the menu of a row. */
    choose: async (host: string, item: string) => {
      const button = [...document.querySelectorAll("button")].find(
        (one) => one.getAttribute("aria-label") === words.outgoing.actionsFor(host)
      )
      button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
      await page.settle()
      const found = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")].find(
        ({ textContent }) => textContent === item
      )
      found?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
      await page.settle()
    }
  }
}

describe("the integrations of a room", () => {
  it("are for its owners, and for no guest whatever a guest is in the room", async () => {
    expect((await arrive(scenes.private)).has("button", texts.room.integrations)).toBe(true)
    leave()
    expect((await arrive(scenes.guestInPrivate)).has("button", texts.room.integrations)).toBe(false)
    leave()
    const guest = { ...scenes.guestInPrivate, memberships: scenes.private.memberships }
    expect((await arrive(guest)).has("button", texts.room.integrations)).toBe(false)
  })

  it("are listed with who made them and when they were last used", async () => {
    const page = await open()
    const [github] = page.rows(words.incoming.title)
    expect(github).toContain("GitHub")
    expect(github).toContain(texts.room.app)
    expect(github).toContain("By Dara Rowan")
    expect(github).toContain("last used")
    expect(page.rows(words.outgoing.title).length).toBe(2)
    expect(page.text()).toContain(words.outgoing.paused.Gone)
  })
})

describe("an incoming webhook", () => {
  it("is made by name, and its address and a line to try it are shown once", async () => {
    const page = await open()
    await page.send(words.incoming.name)
    expect(page.wrong(words.incoming.name)).toBe("Please enter a name.")
    page.type(words.incoming.name, "Backups")
    await page.send(words.incoming.name)
    const address = page.once(words.incoming.label)
    expect(address).toMatch(new RegExp(`^${location.origin}/hooks/mih_\\w{43}$`))
    expect(page.once(words.incoming.curlLabel)).toBe(curlOf(address, words.incoming.hello))
    expect(page.rows(words.incoming.title).map((row) => row.includes("Backups"))).toEqual([true, false])
    expect(page.field(words.incoming.name).value).toBe("")
  })

  it("is deleted after a question, and its address is shown no more", async () => {
    const page = await open()
    page.type(words.incoming.name, "Backups")
    await page.send(words.incoming.name)
    await page.press(words.incoming.deleteOf("Backups"))
    expect(page.text()).toContain(words.incoming.deleteText)
    const dialog = document.querySelector("[role=alertdialog]")
    const yes = [...(dialog?.querySelectorAll("button") ?? [])].find(
      ({ textContent }) => textContent === words.incoming.delete
    )
    yes?.click()
    await page.settle()
    expect(page.rows(words.incoming.title).length).toBe(1)
    expect(page.once(words.incoming.label)).toBe("")
    expect(page.voice()).toBe(words.incoming.deleted("Backups"))
  })

  it("is tried with a line that a shell reads as it is meant", () => {
    expect(curlOf("https://chat.example/hooks/t", 'it\'s "here"')).toBe(
      String.raw`curl -H 'content-type: application/json' -d '{"text":"it'\''s \"here\""}' 'https://chat.example/hooks/t'`
    )
  })
})

describe("an outgoing webhook", () => {
  it("is made by its address and what it is told, and its secret is shown once with how to use it", async () => {
    const page = await open()
    page.type(words.outgoing.url, " https://bot.example.org/in ")
    await page.press(words.outgoing.event["message.deleted"])
    await page.send(words.outgoing.url)
    expect(page.once(words.outgoing.label)).toMatch(/^whsec_/)
    expect(page.text()).toContain(words.outgoing.verify)
    const row = page.rows(words.outgoing.title).find((one) => one.includes("bot.example.org"))
    expect(row).toContain("Messages posted, deleted")
  })

  it("says beside the address why it cannot be taken, and asks for at least one event", async () => {
    const page = await open()
    page.type(words.outgoing.url, "http://bot.example.org/in")
    await page.send(words.outgoing.url)
    expect(page.wrong(words.outgoing.url)).toBe(errorText(new WebhookUrlRefused({ reason: "NotHttps" })))
    await page.press(words.outgoing.event["message.posted"])
    await page.send(words.outgoing.url)
    expect(page.text()).toContain(words.outgoing.noEvent)
    expect(page.rows(words.outgoing.title).length).toBe(2)
  })

  it("is paused, goes on, and says so", async () => {
    const page = await open()
    await page.choose("search.example.org", words.outgoing.pause)
    expect(page.voice()).toBe(words.outgoing.isPaused("search.example.org"))
    expect(page.rows(words.outgoing.title)[1]).toContain(words.outgoing.paused.Paused)
    await page.choose("search.example.org", words.outgoing.resume)
    expect(page.rows(words.outgoing.title)[1]).not.toContain(words.outgoing.paused.Paused)
  })

  it("offers to send nothing again while it is paused", async () => {
    const page = await open()
    const host = "search.example.org"
    const again = words.deliveries.againOf(words.deliveries.about["message.posted"](9))
    await page.press(words.deliveries.showOf(host))
    expect(page.has("button", again)).toBe(true)
    await page.choose(host, words.outgoing.pause)
    expect(page.has("button", again)).toBe(false)
    await page.choose(host, words.outgoing.resume)
    expect(page.has("button", again)).toBe(true)
  })

  it("shows what was delivered and how, page by page, and sends one again", async () => {
    const page = await open()
    const host = "search.example.org"
    const deliveries = () => page.rows(words.deliveries.title(host))
    await page.press(words.deliveries.showOf(host))
    expect(deliveries().length).toBe(6)
    expect(deliveries()[1]).toContain(words.deliveries.answered(503))
    expect(deliveries()[3]).toContain(words.deliveries.problem.TimedOut)
    await page.press(words.deliveries.older)
    expect(deliveries().length).toBe(12)
    await page.press(words.deliveries.againOf(words.deliveries.about["message.posted"](9)))
    expect(page.voice()).toBe(words.deliveries.sent)
    expect(deliveries()[3]).toContain(words.deliveries.state.Pending + words.deliveries.about["message.posted"](9))
    expect(deliveries()[3]).toContain(words.deliveries.sendingAgain)
    expect(deliveries()[3]).not.toContain(words.deliveries.problem.TimedOut)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(deliveries()[3]).toContain(words.deliveries.state.Delivered)
    expect(deliveries().length).toBe(12)
  })

  it("shows what came of an older delivery that is sent again, too", async () => {
    const page = await open()
    const host = "search.example.org"
    const oldest = () => page.rows(words.deliveries.title(host)).at(-1)
    await page.press(words.deliveries.showOf(host))
    await page.press(words.deliveries.older)
    await page.press(words.deliveries.againOf(words.deliveries.about["message.posted"](1)))
    expect(oldest()).toContain(words.deliveries.sendingAgain)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(oldest()).toContain(words.deliveries.attempts(2))
  })

  it("shows by itself what happens to its deliveries", async () => {
    const page = await open()
    const host = "search.example.org"
    const newest = () => page.rows(words.deliveries.title(host))[0]
    await page.press(words.deliveries.showOf(host))
    expect(newest()).toContain(words.deliveries.state.Pending)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(newest()).toContain(words.deliveries.state.Delivered)
  })
})

describe("what is done while the page is seen", () => {
  it("is done again a while after it ended, and no more when its place is gone", async () => {
    let times = 0
    const stop = createRoot((dispose) => {
      whileSeen(async () => {
        times++
        await new Promise((resolve) => setTimeout(resolve, 500))
      }, 1_000)
      return dispose
    })
    await vi.advanceTimersByTimeAsync(3_200)
    expect(times).toBe(2)
    stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(times).toBe(2)
  })
})

describe("what is known of deliveries", () => {
  const delivery = (id: string, part: Partial<Delivery> = {}): Delivery => ({
    id: DeliveryId.make(id),
    event: "message.posted",
    number: 1,
    state: "Delivered",
    attempts: 1,
    createdAt: 0,
    lastAttemptAt: 5,
    nextAttemptAt: null,
    status: 204,
    problem: null,
    tookMillis: 31,
    ...part
  })
  const page = (hasOlder: boolean, ...ids: ReadonlyArray<string>): DeliveryPage => ({
    deliveries: ids.map((id) => delivery(id)),
    hasOlder
  })
  const ids = ({ deliveries }: DeliveryPage) => deliveries.map(({ id }) => String(id))

  it("keeps the older pages below the newest one, and begins anew when something lies in between", () => {
    expect(ids(withNewest(page(false, "4", "3", "2", "1"), page(true, "5", "4", "3")))).toEqual([
      "5",
      "4",
      "3",
      "2",
      "1"
    ])
    expect(ids(withNewest(page(false, "2", "1"), page(true, "9", "8")))).toEqual(["9", "8"])
    expect(withNewest(page(false, "4", "3", "2", "1"), page(true, "5", "4")).hasOlder).toBe(false)
  })

  it("is told in words, and only what there is to tell", () => {
    const told = (part: Partial<Delivery>) => storyOf(delivery("1", part), (at) => `at ${at}`)
    expect(told({})).toBe("at 5 · answered 204 · in 31 ms")
    expect(told({ state: "Pending", attempts: 0, status: null, tookMillis: null, lastAttemptAt: null })).toBe("at 0")
    expect(told({ state: "Pending", attempts: 3, status: null, problem: "Unreachable", nextAttemptAt: 90 })).toBe(
      "at 5 · no connection · 3 tries · next try at 90"
    )
  })

  it("are being sent when an attempt is due, and what is known of the last one is over", () => {
    const waiting = delivery("1", { state: "Pending", nextAttemptAt: 90 })
    expect([89, 90].map((now) => isDue(waiting, now))).toEqual([false, true])
    expect(isDue(delivery("1"), 90)).toBe(false)
  })
})
