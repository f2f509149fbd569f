// Which pages may act for a person whose browser holds their cookie.
import type { OriginRefused } from "@messenger/protocol/Session"
import { Option } from "effect"
import { isIP } from "node:net"
import type { Caller } from "./Callers.ts"
import { isLoopback } from "./PeerAddress.ts"

/** Which pages are accepted; part of the settings. */
export interface Accepted {
  /** The address that people use. */
  readonly publicUrl: Option.Option<string>
  /** The origins of other pages that may act here. */
  readonly allowedOrigins: ReadonlyArray<string>
}

type Claim = Pick<Caller, "page" | "fetchSite" | "host" | "protocol">

/**
 * Whether the page that sent a request may act here: it is ours, or allowed by name. A browser says which page it was (`Origin`)
 * and, where it may, how that page stands to this server (`Sec-Fetch-Site`): neither may speak against it. Without an `Origin`
 * only `same-origin` is proof. `null` is never accepted: it is what every sandbox and every file says.
 */
export const mayAct = (claim: Claim, accepted: Accepted): boolean => {
  const { fetchSite, page } = claim
  if (page !== undefined && accepted.allowedOrigins.includes(page)) return true
  if (fetchSite === "cross-site" || fetchSite === "same-site") return false
  return page === undefined ? fetchSite === "same-origin" : isOurs(page, claim, accepted.publicUrl)
}

/** Whether browsers that reach this server as the caller did do so over TLS. */
export const isSecure = ({ protocol }: Pick<Caller, "protocol">, publicUrl: Option.Option<string>): boolean =>
  protocol === "https" || Option.exists(publicUrl, (url) => url.startsWith("https:"))

/**
 * Whether browsers take what this server sends the caller for unchanged by others (a potentially trustworthy origin, Secure
 * Contexts, 3.1): it comes over TLS, or from their own machine.
 */
export const isTrustworthy = (caller: Pick<Caller, "host" | "protocol">, publicUrl: Option.Option<string>): boolean => {
  if (isSecure(caller, publicUrl)) return true
  const url = `http://${caller.host ?? ""}`
  if (!URL.canParse(url)) return false
  const hostname = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1")
  return isLocalName(hostname) || isLoopback(hostname)
}

/** What an operator changes so that a refused page may act: the address that people use is known, or it is not yet. */
export const settingToChange = ({ publicUrl }: Accepted): OriginRefused["setting"] =>
  Option.isSome(publicUrl) ? "ALLOWED_ORIGINS" : "PUBLIC_URL"

/** What a refusal says to people. */
export const refusal = (page: string | undefined, accepted: Accepted): string => {
  if (page === undefined) {
    return "The request says no Origin; programs that send a cookie must send the server's own address as Origin."
  }
  if (page === "null") return "A page that has no origin (a file, a sandbox) may not act here."
  const change = Option.isSome(accepted.publicUrl)
    ? "name it in ALLOWED_ORIGINS if its pages may act here"
    : "set PUBLIC_URL to the address that people use"
  return `The origin ${JSON.stringify(page)} is not this server's: ${change}.`
}

/**
 * With a public address only that page is ours. Behind a trusted proxy it is the one that the proxy was asked for. Without either,
 * it must have been loaded from the host it talks to, and that must be localhost or an IP literal: a name could be made to point
 * here by whoever owns it (DNS rebinding), a literal cannot.
 */
const isOurs = (
  page: string,
  { host, protocol }: Pick<Claim, "host" | "protocol">,
  publicUrl: Option.Option<string>
): boolean => {
  if (Option.isSome(publicUrl)) return page === publicUrl.value
  if (host === undefined || !/^https?:\/\//.test(page) || !URL.canParse(page)) return false
  if (protocol !== undefined) return page === originOf(`${protocol}://${host}`)
  const { hostname, origin, protocol: scheme } = new URL(page)
  return page === origin && origin === originOf(`${scheme}//${host}`) && isLiteral(hostname)
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined)

const isLocalName = (hostname: string): boolean => hostname === "localhost" || hostname.endsWith(".localhost")

const isLiteral = (hostname: string): boolean =>
  isLocalName(hostname) || isIP(hostname.replace(/^\[(.*)\]$/, "$1")) !== 0
