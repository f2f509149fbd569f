// The addresses of the client: `/` and `/r/<slug>`, over the History API.
import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"

/** Where the reader is. `Home` means: the room one lands in. */
export type Route = { readonly _tag: "Home" } | { readonly _tag: "Room"; readonly slug: string }

/** The route of a path; whatever is no room's address is home. */
export const parseRoute = (pathname: string): Route => {
  const encoded = /^\/r\/([^/]+)\/?$/.exec(pathname)?.[1]
  if (encoded === undefined) return { _tag: "Home" }
  try {
    return { _tag: "Room", slug: decodeURIComponent(encoded) }
  } catch {
    // A stray percent sign is no escape: take the text as it stands, and no room will have it.
    return { _tag: "Room", slug: encoded }
  }
}

/** The path of a room. */
export const pathOf = (slug: string): string => `/r/${encodeURIComponent(slug)}`

/** The reader's place and the way to another. */
export interface Router {
  readonly route: Accessor<Route>
  /** Goes to a path of ours; `replace` leaves no step back to the present one. */
  readonly go: (path: string, options?: { readonly replace: boolean }) => void
}

/** Follows the address bar for as long as the owner lives. */
export const createRouter = (): Router => {
  const [route, setRoute] = createSignal(parseRoute(location.pathname))
  const read = () => setRoute(parseRoute(location.pathname))
  window.addEventListener("popstate", read)
  onCleanup(() => window.removeEventListener("popstate", read))
  return {
    route,
    go: (path, options) => {
      if (path === location.pathname) return
      history[options?.replace === true ? "replaceState" : "pushState"](null, "", path)
      read()
    }
  }
}

/** Whether a click on a link of ours is to be followed here; a click with a modifier is the browser's. */
export const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
