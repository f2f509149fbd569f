// Where a webhook's address leads, and whether it may be called. The name is resolved once: whoever calls it must connect to the
// addresses that are answered here and never ask for the name again, or its owner could give another answer the second time
// (DNS rebinding).
import { WebhookUrlRefused } from "@messenger/protocol/Webhook"
import { Effect, Option, Result } from "effect"
import type * as Dns from "effect/net/Dns"
import * as Host from "effect/net/Host"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import type { OwnNetwork } from "../config/settings.ts"
import { isPublic } from "./PublicAddress.ts"

/** An address that may be called, at these addresses of machines and no others. */
export interface Destination {
  /** Without a fragment, and without a dot behind its host. */
  readonly url: URL
  readonly addresses: ReadonlyArray<NetAddress.IpAddress>
}

/**
 * Where an address leads, as of now. It must be https, and every address that its host has must be public, except in one's own
 * network (WEBHOOK_ALLOW), where both are lifted. Hosts that are numbers in odd notations are addresses to the URL parser already.
 */
export const find = Effect.fnUntraced(function* (
  text: string,
  ownNetwork: ReadonlyArray<OwnNetwork>,
  dns: Pick<Dns.Dns["Service"], "lookup">
): Effect.fn.Return<Destination, WebhookUrlRefused> {
  const url = yield* Effect.fromResult(parse(text))
  const host = yield* Effect.fromOption(hostOf(url)).pipe(Effect.mapError(() => refused("NotAnAddress")))
  const isHttps = url.protocol === "https:"
  const isOwnName = ownNetwork.some((own) => own === host)
  // Nobody learns from the answer whether a name that is not public exists: by http neither, which is refused in either case.
  const addresses = NetAddress.isIpAddress(host)
    ? [host]
    : yield* Effect.mapError(dns.lookup(host), () => refused(isHttps || isOwnName ? "NotPublic" : "NotHttps"))
  const isOwn = (address: NetAddress.IpAddress): boolean =>
    isOwnName ||
    ownNetwork.some((own) => IpNetwork.isIpNetwork(own) && IpNetwork.contains(own, NetAddress.toCanonical(address)))
  if (addresses.every(isOwn)) return { url, addresses }
  if (!isHttps) return yield* refused("NotHttps")
  if (!addresses.every((address) => isOwn(address) || isPublic(address))) return yield* refused("NotPublic")
  return { url, addresses }
})

const parse = (text: string): Result.Result<URL, WebhookUrlRefused> => {
  const url = URL.parse(text)
  if (url === null || !(url.protocol === "https:" || url.protocol === "http:"))
    return Result.fail(refused("NotAnAddress"))
  if (url.username !== "" || url.password !== "") return Result.fail(refused("HasCredentials"))
  url.hash = ""
  // A name with a dot behind it is the same name, but no certificate says it (RFC 6066, 3).
  url.hostname = url.hostname.replace(/\.$/, "")
  return Result.succeed(url)
}

const hostOf = ({ hostname }: URL): Option.Option<NetAddress.IpAddress | Host.DomainName> => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1")
  return Option.orElse<NetAddress.IpAddress | Host.DomainName, Host.DomainName>(
    Result.getSuccess(NetAddress.ipFromString(bare)),
    () => Result.getSuccess(Host.domainNameFromString(bare))
  )
}

const refused = (reason: WebhookUrlRefused["reason"]) => new WebhookUrlRefused({ reason })
