// The address that limits are counted by.
import { isIPv6 } from "node:net"

/**
 * An IPv4 address as it is, also when it comes mapped into IPv6; of an IPv6 address its first 64 bits, since one home or phone
 * has all of the rest to itself (RFC 6177).
 */
export const limitKey = (address: string | undefined): string => {
  if (address === undefined) return "unknown"
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(address)) return address
  const [front = "", back] = address.replace(/%.*$/, "").split("::")
  const before = front === "" ? [] : front.split(":")
  const after = back === undefined || back === "" ? [] : back.split(":")
  const zeros = back === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after]
  return `${groups.slice(0, 4).join(":")}::/64`
}

/** Whether the address is this machine's own. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address))
