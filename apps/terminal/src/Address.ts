// Where to chat, as people have it at hand: the origin of a server, or the link of a room copied from a browser.

/** The server, and the room where the address leads to one. */
export interface Address {
  readonly server: string
  readonly room: string | undefined
}

/** What an address says; undefined when it is of neither kind. */
export const addressOf = (text: string): Address | undefined => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  if (url.pathname === "/") return { server: url.origin, room: undefined }
  const slug = /^\/r\/([^/]+)\/?$/.exec(url.pathname)?.[1]
  return slug === undefined ? undefined : { server: url.origin, room: decoded(slug) }
}

const decoded = (slug: string): string => {
  try {
    return decodeURIComponent(slug)
  } catch {
    // Not encoded after all: then it is what it looks like.
    return slug
  }
}
