// Where a request comes from: what its socket says, or what a proxy says of it that the operator trusts. Everybody who counts by
// address, or who asks which page a request comes from, asks here, so that no header of a stranger is believed anywhere.
import { Context, Effect, Layer, Option } from "effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import type { IncomingMessage } from "node:http"
import { ServerConfig } from "../ServerConfig.ts"
import { limitKey, parseAddress } from "./PeerAddress.ts"

/** What is known of where a request comes from. */
export interface Caller {
  /** The client's address; `unknown` when its socket is gone already. */
  readonly address: string
  /** What limits count that address by; IPv6 by /64. */
  readonly limitKey: string
  /** Whether a header says that the request went through a proxy; a stranger may have written it. */
  readonly isForwarded: boolean
  /** The host that the client asked, with the port unless it is the usual one. */
  readonly host: string | undefined
  /** How the client reached the trusted proxy before this server; undefined when there is none, or it does not say. */
  readonly protocol: "http" | "https" | undefined
  /** The origin of the page that sent the request, as its browser says it (`Origin`). */
  readonly page: string | undefined
  /** What its browser says of that page and the host (`Sec-Fetch-Site`, Fetch Metadata): `same-origin`, `cross-site`, ... */
  readonly fetchSite: string | undefined
}

export class Callers extends Context.Service<
  Callers,
  {
    /** The caller of a request. */
    readonly of: (request: HttpServerRequest.HttpServerRequest) => Caller
    /** The caller of an upgrade. */
    readonly ofUpgrade: (request: IncomingMessage) => Caller
  }
>()("@messenger/server/edge/Callers") {
  static readonly layer = Layer.effect(
    Callers,
    Effect.map(ServerConfig, ({ trustedProxies }) => {
      const isTrusted = (address: NetAddress.IpAddress): boolean =>
        trustedProxies.some((network) => IpNetwork.contains(network, address))
      return Callers.of({
        of: ({ headers, remoteAddress }) => callerOf(Option.getOrUndefined(remoteAddress), headers, isTrusted),
        ofUpgrade: ({ headers, socket }) => callerOf(socket.remoteAddress, headers, isTrusted)
      })
    })
  )
}

type Headers = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

const callerOf = (
  remoteAddress: string | undefined,
  headers: Headers,
  isTrusted: (address: NetAddress.IpAddress) => boolean
): Caller => {
  const field = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === "string" ? value : undefined
  }
  const peer = parseAddress(remoteAddress)
  const client = Option.map(peer, (address) => clientOf(address, field("x-forwarded-for"), isTrusted))
  const proxied = Option.exists(peer, isTrusted)
  const protocol = proxied ? lastOf(field("x-forwarded-proto"))?.toLowerCase() : undefined
  return {
    address: Option.match(client, { onNone: () => "unknown", onSome: NetAddress.formatIp }),
    limitKey: Option.match(client, { onNone: () => "unknown", onSome: limitKey }),
    isForwarded: Object.keys(headers).some((name) => forwardingHeader.test(name)),
    host: (proxied ? lastOf(field("x-forwarded-host")) : undefined) ?? field("host"),
    protocol: protocol === "http" || protocol === "https" ? protocol : undefined,
    page: field("origin"),
    fetchSite: field("sec-fetch-site")
  }
}

// Each proxy adds whom it was asked by to the right, so the list is read from there for as long as the one who wrote is trusted.
// What stands further left was written by somebody else and may be anything.
const clientOf = (
  peer: NetAddress.IpAddress,
  forwardedFor: string | undefined,
  isTrusted: (address: NetAddress.IpAddress) => boolean
): NetAddress.IpAddress => {
  let nearest = peer
  for (const hop of forwardedFor?.split(",").toReversed() ?? []) {
    const address = isTrusted(nearest) ? parseAddress(hop) : Option.none()
    if (Option.isNone(address)) break
    nearest = address.value
  }
  return nearest
}

// The word of the proxy right before this server.
const lastOf = (list: string | undefined): string | undefined => {
  const last = list?.split(",").at(-1)?.trim()
  return last === "" ? undefined : last
}

const forwardingHeader = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|(true|cf)-(client|connecting)-ip)$/
