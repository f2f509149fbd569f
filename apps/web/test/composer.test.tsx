import type { RoomHandle } from "@messenger/client/Messenger"
import { maxMessageCodePoints } from "@messenger/protocol/Limits"
import { render } from "solid-js/web"
import { afterEach, describe, expect, it } from "vitest"
import { Composer } from "../src/composer/Composer.tsx"
import { texts } from "../src/texts.ts"
import { ShellProvider } from "../src/ui/Shell.ts"
import { createRouter } from "../src/ui/router.ts"
import { imaginedMessenger } from "./preview/imaginedMessenger.ts"
import { roomNamed } from "./preview/people.ts"
import { scenes } from "./preview/scenes.ts"

let dispose = () => {}
afterEach(() => {
  dispose()
  document.body.replaceChildren()
  sessionStorage.clear()
})

const compose = (options: { readonly isTouch?: boolean } = {}) => {
  const isTouch = options.isTouch ?? false
  window.matchMedia = (query) => Object.assign(new EventTarget(), fakeMedia(query, isTouch))
  const messenger = imaginedMessenger(scenes.conversation)
  const room = messenger.openRoom(roomNamed("lobby").id)
  const sent: Array<string> = []
  const typing: Array<boolean> = []
  const handle: RoomHandle = {
    ...room,
    send: (text) => {
      const outcome = room.send(text)
      if (outcome.isOk) sent.push(text)
      return outcome
    },
    setTyping: (isTyping) => void typing.push(isTyping)
  }
  const root = document.createElement("div")
  document.body.append(root)
  const stop = render(
    () => (
      <ShellProvider
        value={{ messenger, router: createRouter(), current: (user) => user, say: () => {}, leave: messenger.leave }}
      >
        <Composer handle={handle} name="lobby" above={null} onSent={() => {}} onEditLast={() => false} />
      </ShellProvider>
    ),
    root
  )
  dispose = stop
  const field = root.querySelector("textarea")
  if (field === null) throw new Error("The composer has no field.")
  return {
    root,
    field,
    sent,
    typing,
    stop,
    write: (text: string) => {
      field.value = text
      field.dispatchEvent(new InputEvent("input", { bubbles: true }))
    },
    /** Presses a key; answers whether the browser goes on to do what it does by itself. */
    press: (init: KeyboardEventInit) =>
      field.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: "Enter", ...init }))
  }
}

const fakeMedia = (media: string, isTouch: boolean) => ({
  media,
  matches: isTouch && media === "(pointer: coarse)",
  onchange: null,
  addListener: () => {},
  removeListener: () => {}
})

describe("the composer", () => {
  it("sends on Enter, is empty afterwards, and types no more", () => {
    const { write, press, field, sent, typing } = compose()
    write("hello")
    expect(press({})).toBe(false)
    expect(sent).toEqual(["hello"])
    expect(field.value).toBe("")
    expect(typing).toEqual([true, false])
  })

  it("leaves the line break of Shift+Enter to the browser", () => {
    const { write, press, sent } = compose()
    write("hello")
    expect(press({ shiftKey: true })).toBe(true)
    expect(sent).toEqual([])
  })

  it("never sends the Enter that ends a composition, also as Safari reports it", () => {
    const { write, press, sent } = compose()
    write("にほん")
    expect(press({ isComposing: true })).toBe(true)
    expect(press({ keyCode: 229 })).toBe(true)
    expect(sent).toEqual([])
  })

  it("breaks the line on Enter where there is a touch keyboard", () => {
    const { write, press, sent } = compose({ isTouch: true })
    write("hello")
    expect(press({})).toBe(true)
    expect(sent).toEqual([])
  })

  it("has the focus when a room is opened, unless that would bring up a keyboard", () => {
    expect(compose().field).toBe(document.activeElement)
    dispose()
    expect(compose({ isTouch: true }).field).not.toBe(document.activeElement)
  })

  it("sends nothing but white space never", () => {
    const { write, press, sent } = compose()
    write("  \n ")
    press({})
    expect(sent).toEqual([])
  })

  it("counts code points from 3,800, and keeps what is too long", () => {
    const { write, press, root, field, sent } = compose()
    write("a".repeat(3_799))
    expect(root.textContent).toBe("")
    write("😀".repeat(3_800))
    expect(root.textContent).toBe(texts.composer.left(200))
    write("a".repeat(maxMessageCodePoints + 1))
    expect(root.textContent).toBe(texts.composer.over(1))
    press({})
    expect(sent).toEqual([])
    expect(field.value.length).toBe(maxMessageCodePoints + 1)
  })

  it("brings back what was begun in the room", async () => {
    compose().write("half a thou")
    dispose()
    const { field } = compose()
    await Promise.resolve()
    await Promise.resolve()
    expect(field.value).toBe("half a thou")
  })
})
