// A browser of a server's pages, as far as sessions go: posts JSON or forms, and keeps the cookies that it is given.
import { Effect } from "effect"
import { ask, type Answer } from "./Http.ts"

/** How something is posted. */
export type Coding = "json" | "form" | "multipart"

/** An answer, with its body read and the cookies that it set, by name. */
export interface BrowserAnswer extends Answer {
  readonly json: Readonly<Record<string, unknown>>
  readonly setCookies: ReadonlyMap<string, string>
}

/** What is sent beside the cookies. */
export interface Sending {
  readonly as?: Coding
  readonly headers?: Readonly<Record<string, string>>
}

/** One browser profile. */
export interface Browser {
  readonly post: (
    path: string,
    fields: Readonly<Record<string, string | boolean>>,
    sending?: Sending
  ) => Effect.Effect<BrowserAnswer>
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Effect.Effect<BrowserAnswer>
  /** What it sends as `Cookie` now. */
  readonly cookie: () => string
  /** Closes and opens it again: only cookies with an age are kept. */
  readonly restart: () => void
}

/** A new one, without cookies. Its pages come from `origin`. */
export const browserOf = (server: { readonly url: string }, origin = server.url): Browser => {
  const jar = new Map<string, { readonly value: string; readonly isKept: boolean }>()
  const cookie = () => [...jar].map(([name, { value }]) => `${name}=${value}`).join("; ")

  const take = (answer: Answer): BrowserAnswer => {
    const setCookies = new Map<string, string>()
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      setCookies.set(name, line)
      const maxAge = /Max-Age=(\d+)/i.exec(line)?.[1]
      if (maxAge === "0") jar.delete(name)
      else jar.set(name, { value, isKept: maxAge !== undefined })
    }
    return { ...answer, setCookies, json: answer.text.startsWith("{") ? JSON.parse(answer.text) : {} }
  }
  const carried = () => (jar.size === 0 ? {} : { cookie: cookie() })

  return {
    cookie,
    restart: () => {
      for (const [name, { isKept }] of jar) if (!isKept) jar.delete(name)
    },
    get: (path, headers = {}) => Effect.map(ask(server, path, { headers: { ...carried(), ...headers } }), take),
    post: (path, fields, { as = "json", headers = {} } = {}) => {
      const { body, contentType } = encoders[as](fields)
      return Effect.map(
        ask(server, path, {
          method: "POST",
          headers: { origin, "content-type": contentType, ...carried(), ...headers },
          body
        }),
        take
      )
    }
  }
}

type Fields = Readonly<Record<string, string | boolean>>

// As an HTML form says it: a box that is not ticked is not there.
const entriesOf = (fields: Fields): ReadonlyArray<readonly [string, string]> =>
  Object.entries(fields).flatMap(([name, value]): ReadonlyArray<readonly [string, string]> => {
    if (value === false) return []
    return [[name, value === true ? "on" : value]]
  })

const boundary = "----a-form-of-a-page"

const encoders: Record<Coding, (fields: Fields) => { readonly body: string; readonly contentType: string }> = {
  json: (fields) => ({ body: JSON.stringify(fields), contentType: "application/json" }),
  form: (fields) => ({
    body: new URLSearchParams(entriesOf(fields).map(([name, value]) => [name, value])).toString(),
    contentType: "application/x-www-form-urlencoded"
  }),
  multipart: (fields) => ({
    body: [
      ...entriesOf(fields).map(
        ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
      ),
      `--${boundary}--\r\n`
    ].join(""),
    contentType: `multipart/form-data; boundary=${boundary}`
  })
}
