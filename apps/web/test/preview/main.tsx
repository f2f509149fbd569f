// The screens on made-up data, for eyes and for axe: `?scene=…` says which. No part of the product.
import { render } from "solid-js/web"
import { App } from "../../src/App.tsx"
import { followVisualViewport } from "../../src/ui/viewport.ts"
import "../../src/ui/styles.css"
import { imaginedMessenger } from "./imaginedMessenger.ts"
import { isScene, scenes } from "./scenes.ts"

const query = new URLSearchParams(location.search)
const name = query.get("scene") ?? "conversation"
if (!isScene(name)) throw new Error(`There is no scene ${name}.`)
const theme = query.get("theme")
if (theme !== null) document.documentElement.dataset.theme = theme
const scene = scenes[name]
history.replaceState(null, "", scene.path)
const messenger = imaginedMessenger(scene)
Object.assign(window, { messenger })
followVisualViewport()
const root = document.querySelector("#app")
if (root !== null) render(() => <App messenger={messenger} />, root)
