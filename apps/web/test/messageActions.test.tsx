import { Index } from "solid-js"
import { render } from "solid-js/web"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createRoom } from "../src/bridge/createRoom.ts"
import { MessageRow } from "../src/room/MessageRow.tsx"
import { createActions, editBox } from "../src/room/actions.ts"
import type { Actions } from "../src/room/actions.ts"
import { standingIn } from "../src/room/rights.ts"
import { rowsOf } from "../src/room/rows.ts"
import { words } from "../src/room/words.ts"
import { errorText, texts } from "../src/texts.ts"
import { confirmDialog, createConfirmation } from "../src/ui/Confirmation.tsx"
import { ShellProvider } from "../src/ui/Shell.ts"
import { createRouter } from "../src/ui/router.ts"
import { NotYourMessage } from "@messenger/protocol/Message"
import { imaginedMessenger } from "./preview/imaginedMessenger.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"

let dispose = () => {}
beforeEach(async () => {
  window.matchMedia = (media) =>
    Object.assign(new EventTarget(), {
      media,
      matches: false,
      onchange: null,
      addListener: () => {},
      removeListener: () => {}
    })
  await editBox.want()
  await confirmDialog.want()
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame"] })
})
afterEach(() => {
  dispose()
  document.body.replaceChildren()
  vi.useRealTimers()
})

/** The rows of a scene's room, without the list around them; the room follows what is done. */
const show = (scene: Scene) => {
  const messenger = imaginedMessenger(scene)
  const root = document.createElement("div")
  document.body.append(root)
  let actions: Actions | undefined
  const Rows = () => {
    const room = createRoom(messenger, scene.rooms[0]?.room.id ?? fail("The scene has no room."))
    const listing = scene.rooms[0]?.room ?? fail("The scene has no room.")
    const me = scene.me ?? fail("Nobody looks at the scene.")
    const confirmation = createConfirmation()
    actions = createActions({
      room,
      me: () => me,
      standing: () => standingIn(messenger.inbox.get().view, listing),
      ask: confirmation.ask
    })
    const given = actions
    const rows = () =>
      rowsOf(
        {
          messages: room.view().messages,
          outgoing: scene.outbox,
          me,
          current: (user) => user,
          readUpTo: undefined,
          dayOf: () => 0
        },
        new Map()
      )
    return (
      <>
        <ul>
          <Index each={rows()}>
            {(row, index) => <MessageRow row={row()} index={index} today={0} measure={() => {}} actions={given} />}
          </Index>
        </ul>
        <confirmation.Dialog />
      </>
    )
  }
  dispose = render(
    () => (
      <ShellProvider
        value={{ messenger, router: createRouter(), current: (user) => user, say: () => {}, leave: messenger.leave }}
      >
        <Rows />
      </ShellProvider>
    ),
    root
  )
  const rowOf = (text: string): HTMLElement =>
    [...root.querySelectorAll("li")].find((row) => row.textContent?.includes(text)) ?? fail(`No row says ${text}.`)
  const offered = (text: string) =>
    [...rowOf(text).querySelectorAll("button")].map((button) => button.getAttribute("aria-label"))
  const press = (within: ParentNode, label: string) => {
    const button = [...within.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === label
    )
    if (button === undefined) fail(`There is no button ${label}.`)
    else button.click()
  }
  return {
    actions: actions ?? fail("Nothing was rendered."),
    rowOf,
    offered,
    press,
    write: (text: string) => {
      const field = root.querySelector("textarea") ?? fail("No message is open.")
      field.value = text
      field.dispatchEvent(new InputEvent("input", { bubbles: true }))
      field.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: "Enter" }))
    }
  }
}
const fail = (reason: string): never => {
  throw new Error(reason)
}
const soon = () => vi.advanceTimersByTimeAsync(50)
const later = () => vi.advanceTimersByTimeAsync(1_000)
const both = [texts.edit.edit, texts.edit.delete]

describe("the actions of a message", () => {
  it("are to edit and delete on one's own, and nothing on what others said", () => {
    const { offered } = show(scenes.conversation)
    expect(offered("On it.")).toEqual(both)
    expect(offered("Tomorrow at ten")).toEqual([])
  })

  it("let who keeps order in the room delete what others said, and edit none of it", () => {
    const { offered } = show(scenes.private)
    expect(offered("On it.")).toEqual([texts.edit.delete])
    expect(offered("Tomorrow at ten")).toEqual(both)
  })

  it("are none on what is deleted, on its way, or refused", () => {
    const { offered } = show({ ...scenes.failed, role: "owner" })
    expect(offered("And this one is on its way.")).toEqual([])
    expect(offered("This one was refused.")).toEqual([null, null])
    dispose()
    document.body.replaceChildren()
    expect(show({ ...scenes.edited, role: "owner" }).offered(texts.room.deleted)).toEqual([])
  })

  it("rewrite a message in its place: lighter until it is saved, then marked with when", async () => {
    const { rowOf, press, write, offered } = show(scenes.conversation)
    press(rowOf("On it."), texts.edit.edit)
    await soon()
    write("On my way.")
    await soon()
    expect(rowOf("On my way.").querySelector(".text-muted[aria-busy]")).not.toBeNull()
    expect(offered("On my way.")).toEqual([])
    await later()
    const mark = rowOf("On my way.").querySelector("time[title^='Edited']")
    expect(mark?.textContent).toBe(`(${texts.room.edited})`)
    expect(offered("On my way.")).toEqual(both)
  })

  it("take up the last message of one's own", async () => {
    const { actions, rowOf } = show(scenes.conversation)
    expect(actions.editLast()?.number).toBe(5)
    await soon()
    expect(rowOf("Ada Linden").querySelector("textarea")).toBe(document.activeElement)
  })

  it("delete only what was asked about, and leave a tombstone", async () => {
    const { rowOf, press } = show(scenes.conversation)
    press(rowOf("On it."), texts.edit.delete)
    await soon()
    const dialog = document.querySelector("[role=alertdialog]") ?? fail("Nothing was asked.")
    expect(dialog.textContent).toContain(texts.edit.askDelete)
    press(dialog, texts.edit.delete)
    await later()
    expect(rowOf(texts.room.deleted).textContent).toContain("Ada Linden")
  })

  it("say why a message was not deleted, beside it", async () => {
    const { rowOf, press } = show({ ...scenes.conversation, refusesRemoval: true })
    press(rowOf("On it."), texts.edit.delete)
    await soon()
    press(document.querySelector("[role=alertdialog]") ?? fail("Nothing was asked."), texts.edit.delete)
    await later()
    expect(rowOf("On it.").textContent).toContain(errorText(new NotYourMessage()))
    press(rowOf("On it."), texts.edit.understood)
    expect(rowOf("On it.").textContent).not.toContain(errorText(new NotYourMessage()))
  })
})

describe("a message that changed on another device while it is rewritten here", () => {
  const begin = async () => {
    const page = show(scenes.conversation)
    page.press(page.rowOf("On it."), texts.edit.edit)
    await soon()
    const amend: unknown = Reflect.get(window, "amend")
    if (typeof amend === "function") amend(5, "From elsewhere")
    await soon()
    return page
  }

  it("shows what it says now, and lets the writer decide", async () => {
    const { rowOf, press } = await begin()
    const row = rowOf("From elsewhere")
    expect(row.querySelector("[role=alert]")?.textContent).toBe(words.conflict)
    press(row, words.keepNewer)
    await soon()
    expect(rowOf("From elsewhere").querySelector("textarea")).toBeNull()
  })

  it("is not overwritten by an Enter, and is when that is what the writer wants", async () => {
    const { rowOf, press, write } = await begin()
    write("Mine")
    await later()
    press(rowOf("From elsewhere"), words.saveMine)
    await later()
    expect(rowOf("Mine").textContent).not.toContain("From elsewhere")
  })
})
