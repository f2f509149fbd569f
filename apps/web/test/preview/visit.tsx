// Somebody who looks at a scene in a DOM without a browser, and acts by what things are called.
import { render } from "solid-js/web"
import { vi } from "vitest"
import { App } from "../../src/App.tsx"
import { imaginedMessenger } from "./imaginedMessenger.ts"
import type { Scene } from "./scenes.ts"

// What a page fetches ahead of its use would else still be on its way when a test is over.
await Promise.all([
  import("../../src/sidebar/MeMenu.tsx"),
  import("../../src/sidebar/CreateRoom.tsx"),
  import("../../src/ui/Drawer.tsx"),
  import("../../src/room/members/Members.tsx"),
  import("../../src/room/integrations/Integrations.tsx"),
  import("../../src/ui/Confirm.tsx")
])

/** Opens a scene on fake timers, on a desk. `leave` takes the page down. */
export const visit = (scene: Scene, path = scene.path) => {
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
  const dispose = render(() => <App messenger={messenger} />, root)

  const maybe = (selector: string, name: string): HTMLElement | undefined =>
    [...document.body.querySelectorAll<HTMLElement>(selector)].find((element) => nameOf(element) === name)
  const named = (selector: string, name: string): HTMLElement => {
    const found = maybe(selector, name)
    if (found === undefined) throw new Error(`There is no ${selector} called ${name}.`)
    return found
  }
  const field = (label: string): HTMLInputElement => {
    const id = named("label", label).getAttribute("for")
    const input = document.getElementById(id ?? "")
    if (!(input instanceof HTMLInputElement)) throw new Error(`There is no field called ${label}.`)
    return input
  }
  return {
    messenger,
    root,
    field,
    heading: () => document.body.querySelector("h1")?.textContent,
    text: () => document.body.textContent ?? "",
    /** What the one voice of the page said last. */
    voice: () => root.querySelector("[aria-live]")?.textContent,
    /** What is said to be wrong with a field. */
    wrong: (label: string) => {
      const note = document.getElementById(field(label).getAttribute("aria-describedby") ?? "")
      return note?.querySelector('[role="alert"]')?.textContent ?? ""
    },
    has: (selector: string, name: string) => maybe(selector, name) !== undefined,
    type: (label: string, text: string) => {
      const input = field(label)
      input.value = text
      input.dispatchEvent(new InputEvent("input", { bubbles: true }))
    },
    /** Presses a button, follows a link, ticks a box; and waits for what comes of it. */
    press: async (name: string) => {
      const target = maybe("button, a", name) ?? named("label", name).querySelector("input")
      target?.click()
      await vi.advanceTimersByTimeAsync(1_000)
    },
    /** Goes into a field's form and sends it, as Enter does. */
    send: async (label: string) => {
      field(label).form?.requestSubmit()
      await vi.advanceTimersByTimeAsync(400)
    },
    settle: () => vi.advanceTimersByTimeAsync(1_000),
    leave: () => {
      dispose()
      document.body.replaceChildren()
    }
  }
}

const nameOf = (element: HTMLElement): string | undefined =>
  (element.getAttribute("aria-label") ?? element.textContent)?.trim()
