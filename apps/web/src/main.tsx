// The entry of the page.
import { makeMessenger } from "@messenger/client/Messenger"
import { render } from "solid-js/web"
import { App, reloadKeepingAll } from "./App.tsx"
import { serverHasAnotherPage } from "./connection/upgrade.ts"
import "./ui/styles.css"
import { followVisualViewport } from "./ui/viewport.ts"

const messenger = makeMessenger({ server: location.origin })

// A part of the page that cannot be had is gone with a deploy, or the network is.
window.addEventListener("vite:preloadError", async () => {
  if (await serverHasAnotherPage(new URL(import.meta.url).pathname)) await reloadKeepingAll(messenger)
})

followVisualViewport()
const root = document.querySelector("#app")
if (root !== null) render(() => <App messenger={messenger} />, root)
