// Addresses of machines, as text: parsed, and as limits count them.
import { Option, Result } from "effect"
import * as NetAddress from "effect/net/NetAddress"

/**
 * The address that a socket or a forwarding header names, with or without a port or a zone: `192.0.2.7`, `192.0.2.7:4711`,
 * `2001:db8::7`, `[2001:db8::7]:4711`, `fe80::7%eth0`. An IPv4 address mapped into IPv6 is that IPv4 address. Anything else, like
 * `unknown`, is none.
 */
export const parseAddress = (text: string | undefined): Option.Option<NetAddress.IpAddress> => {
  if (text === undefined) return Option.none()
  const bare = text
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/%[^\]]*/, "")
  const parsed = Option.orElse(Result.getSuccess(NetAddress.ipFromString(bare)), () =>
    Option.map(Result.getSuccess(NetAddress.inetAddressFromString(bare)), ({ address }) => address)
  )
  return Option.map(parsed, (address) => NetAddress.toCanonical(address))
}

/**
 * The key that limits count an address by: an IPv4 address as it is, of an IPv6 address its first 64 bits, since one home or phone
 * has all of the rest to itself (RFC 6177).
 */
export const limitKey = (address: NetAddress.IpAddress): string =>
  NetAddress.isIpv4Address(address)
    ? NetAddress.formatIp(address)
    : `${NetAddress.ipv6ToSegments(address)
        .slice(0, 4)
        .map((segment) => segment.toString(16))
        .join(":")}::/64`

/** Whether the address is this machine's own. */
export const isLoopback = (address: string | undefined): boolean =>
  Option.exists(parseAddress(address), NetAddress.isLoopback)
