// What the device says about itself, for a connection that wants to know when trying is worth while.

/** The network came, or went; or the program runs again after a pause (its tab is looked at, the machine woke). */
export type Signal = "Online" | "Offline" | "Woke"

/** Calls `listener` with every signal and answers how to stop. */
export type Signals = (listener: (signal: Signal) => void) => () => void

/** A device that says nothing: a server, a test. */
export const silent: Signals = () => () => {}

/** What a browser's page is told by its window and document; a browser that is offline right now says so at once. */
export const browser: Signals = (listener) => {
  const onOnline = () => listener("Online")
  const onOffline = () => listener("Offline")
  const onVisible = () => {
    if (document.visibilityState === "visible") listener("Woke")
  }
  const onPageShow = (event: PageTransitionEvent) => {
    if (event.persisted) listener("Woke")
  }
  window.addEventListener("online", onOnline)
  window.addEventListener("offline", onOffline)
  window.addEventListener("pageshow", onPageShow)
  document.addEventListener("visibilitychange", onVisible)
  if (!navigator.onLine) onOffline()
  return () => {
    window.removeEventListener("online", onOnline)
    window.removeEventListener("offline", onOffline)
    window.removeEventListener("pageshow", onPageShow)
    document.removeEventListener("visibilitychange", onVisible)
  }
}

/** What this device can say: a page's window where there is one. */
export const standard = (): Signals => (typeof document === "undefined" ? silent : browser)
