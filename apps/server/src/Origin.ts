// Which pages may act for a person whose browser holds their cookie.
import { isIP } from "node:net"
import { Option } from "effect"

/**
 * Whether a request with this `Origin` and `Host` comes from our own page. With a public address only that one does. Without, the
 * page must have been loaded from the host it talks to, and that must be localhost or an IP literal: a name could be made to
 * point here by whoever owns it (DNS rebinding), a literal cannot.
 */
export const isAccepted = (
  origin: string | undefined,
  host: string | undefined,
  publicUrl: Option.Option<string>
): boolean => {
  if (origin === undefined || !URL.canParse(origin)) return false
  const page = new URL(origin)
  if (Option.isSome(publicUrl)) return page.origin === publicUrl.value
  if (page.protocol !== "http:" && page.protocol !== "https:") return false
  return page.host === host?.toLowerCase() && isLiteral(page.hostname)
}

/** What a refusal says to people. */
export const refusal = (origin: string | undefined): string =>
  origin === undefined
    ? "The request says no Origin; programs that send a cookie must send the server's own address as Origin."
    : `The origin ${JSON.stringify(origin)} is not this server's: set PUBLIC_URL to the address that people use.`

const isLiteral = (hostname: string): boolean =>
  hostname === "localhost" || hostname.endsWith(".localhost") || isIP(hostname.replace(/^\[(.*)\]$/, "$1")) !== 0
