// When the server has moved on and this page has not: reload once without asking, since all that was written is kept; if that
// did not help, ask. "Once" is remembered for the life of the tab, until the page has been connected again.
import { createSignal } from "solid-js"

const reloadedKey = "messenger:reloaded"

const [isOutdated, setOutdated] = createSignal(false)

/** Whether the reader has to be asked to reload. */
export { isOutdated }

/** The page is older than the server: called when the contract does not match, or a part of the page is gone. */
export const pageIsOutdated = (reload: () => void = () => location.reload()): void => {
  if (wasReloaded()) {
    setOutdated(true)
    return
  }
  // Without a memory of it the page might reload for ever, so then it asks at once.
  if (rememberReload()) reload()
  else setOutdated(true)
}

/** The page and the server fit: the next deploy may reload it again. */
export const pageIsCurrent = (): void => {
  setOutdated(false)
  try {
    sessionStorage.removeItem(reloadedKey)
  } catch {
    // Nothing is kept here, so nothing was remembered.
  }
}

/**
 * Whether the server has another page than the one that runs here, whose entry is at the path `script`. While the server does
 * not answer there is no saying so, and no page to reload.
 */
export const serverHasAnotherPage = async (script: string): Promise<boolean> => {
  try {
    const response = await fetch("/", { cache: "no-store" })
    return response.ok && !(await response.text()).includes(script)
  } catch {
    return false
  }
}

const wasReloaded = (): boolean => {
  try {
    return sessionStorage.getItem(reloadedKey) !== null
  } catch {
    return false
  }
}

const rememberReload = (): boolean => {
  try {
    sessionStorage.setItem(reloadedKey, "yes")
    return true
  } catch {
    return false
  }
}
