// The addresses of the client, over the History API: `/`, `/r/<slug>`, the pages that have a name, those of whoever runs the server,
// and links that carry a token. A token stands in the fragment, which browsers send to nobody. It is taken out of the address bar as
// soon as it is seen, so that no history and no bookmark has it. Until it is used this tab keeps it, over a reload too.
import { linkPath } from "@messenger/protocol/Link"
import { batch, createSignal, onCleanup, untrack } from "solid-js"
import type { Accessor } from "solid-js"

/** The pages that have a name of their own. */
export type PageName = "login" | "register" | "settings"

/** What a link with a token is for. */
export type LinkKind = keyof typeof linkPath

/** Where the reader is. `Home` means: the room one lands in. */
export type Route =
  | { readonly _tag: "Home" }
  | { readonly _tag: "Room"; readonly slug: string }
  | { readonly _tag: "Admin"; readonly section: AdminSection }
  | { readonly _tag: "Page"; readonly page: PageName }
  /** `token` is undefined when the link was used, or came without one. */
  | { readonly _tag: "Link"; readonly kind: LinkKind; readonly token: string | undefined }

/** The pages of those who run the server; the first is `/admin` itself. */
export const adminSections = ["people", "invitations", "apps", "audit"] as const
export type AdminSection = (typeof adminSections)[number]

/** The path of each page with a name. */
export const pagePath: { readonly [page in PageName]: string } = {
  login: "/login",
  register: "/register",
  settings: "/settings"
}

const pageNames = ["login", "register", "settings"] as const satisfies ReadonlyArray<PageName>
const linkKinds = ["invite", "reset", "claim"] as const satisfies ReadonlyArray<LinkKind>

/** The route of a path; whatever is no address of ours is home. */
export const parseRoute = (pathname: string): Route => {
  const path = pathname.replace(/\/$/, "")
  const page = pageNames.find((name) => pagePath[name] === path)
  if (page !== undefined) return { _tag: "Page", page }
  const kind = linkKinds.find((name) => linkPath[name] === path)
  if (kind !== undefined) return { _tag: "Link", kind, token: undefined }
  const section = adminSections.find((name) => adminPath(name) === path)
  if (section !== undefined) return { _tag: "Admin", section }
  const encoded = /^\/r\/([^/]+)$/.exec(path)?.[1]
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

/** The path of a page of those who run the server. */
export const adminPath = (section: AdminSection): string => (section === "people" ? "/admin" : `/admin/${section}`)

/** The reader's place and the way to another. */
export interface Router {
  readonly route: Accessor<Route>
  /** Goes to a path of ours; `replace` leaves no step back to the present one. */
  readonly go: (path: string, options?: { readonly replace: boolean }) => void
  /** The path one wanted to go to before one was asked to log in, or left for a page with a name; `/` when there was none. */
  readonly goal: Accessor<string>
  /** The token of the last link of that kind that was opened here. */
  readonly tokenOf: (kind: LinkKind) => string | undefined
  /** Forgets where one wanted to go, and the token of a link with it: it is used, or another person begins. */
  readonly forget: () => void
}

/** The longest token that the contract takes; what is longer was never one. */
const maxTokenLength = 256

/** Follows the address bar for as long as the owner lives. */
export const createRouter = (): Router => {
  const tokens = createTabTokens()
  const here = (): Route => {
    const parsed = parseRoute(location.pathname)
    if (parsed._tag !== "Link") return parsed
    if (location.hash.length > 1) {
      tokens.set(parsed.kind, location.hash.slice(1, maxTokenLength + 1))
      history.replaceState(history.state, "", location.pathname)
    }
    return { ...parsed, token: tokens.get(parsed.kind) }
  }
  // Kept in the history entry, so that a reload of the log-in page still knows it. A path has no token in it.
  const kept: unknown = history.state
  const [goal, setGoal] = createSignal(isKept(kept) ? kept.goal : "/")
  const [route, setRoute] = createSignal(here())
  const read = () => {
    const next = here()
    batch(() => {
      if (next._tag !== "Page") setGoal(location.pathname)
      setRoute(next)
    })
  }
  read()
  window.addEventListener("popstate", read)
  onCleanup(() => window.removeEventListener("popstate", read))
  return {
    route,
    go: (path, options) => {
      if (path === location.pathname) return
      history[options?.replace === true ? "replaceState" : "pushState"]({ goal: untrack(goal) }, "", path)
      read()
    },
    goal,
    tokenOf: (kind) => tokens.get(kind),
    forget: () => {
      setGoal("/")
      tokens.clear()
    }
  }
}

/** The tokens of links that were opened in this tab. Where it may keep nothing, a reload forgets them. */
const createTabTokens = () => {
  const tokens = new Map<LinkKind, string>()
  const keyOf = (kind: LinkKind) => `messenger:link:${kind}`
  const inStorage = (act: (storage: Storage) => void) => {
    try {
      act(sessionStorage)
    } catch {
      // The browser lets this page keep nothing.
    }
  }
  inStorage((storage) => {
    for (const kind of linkKinds) {
      const token = storage.getItem(keyOf(kind))
      if (token !== null) tokens.set(kind, token)
    }
  })
  return {
    get: (kind: LinkKind) => tokens.get(kind),
    set: (kind: LinkKind, token: string) => {
      tokens.set(kind, token)
      inStorage((storage) => storage.setItem(keyOf(kind), token))
    },
    clear: () => {
      tokens.clear()
      inStorage((storage) => {
        for (const kind of linkKinds) storage.removeItem(keyOf(kind))
      })
    }
  }
}

const isKept = (state: unknown): state is { readonly goal: string } =>
  typeof state === "object" && state !== null && "goal" in state && typeof state.goal === "string"

/** Whether a click on a link of ours is to be followed here; a click with a modifier is the browser's. */
export const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
