import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import * as NetAddress from "effect/net/NetAddress"
import { isLoopback, limitKey, parseAddress } from "../../src/edge/PeerAddress.ts"

const parsed = (text: string | undefined) =>
  Option.match(parseAddress(text), { onNone: () => undefined, onSome: NetAddress.formatIp })

const keyOf = (text: string) => Option.match(parseAddress(text), { onNone: () => undefined, onSome: limitKey })

describe("an address", () => {
  it("is read with a port or a zone or without", () => {
    expect(["192.0.2.7", " 192.0.2.7 ", "192.0.2.7:4711"].map(parsed)).toEqual(["192.0.2.7", "192.0.2.7", "192.0.2.7"])
    expect(["2001:DB8::7", "[2001:db8::7]", "[2001:db8:0::7]:4711"].map(parsed)).toEqual([
      "2001:db8::7",
      "2001:db8::7",
      "2001:db8::7"
    ])
    expect(["fe80::7%eth0", "[fe80::7%eth0]:4711"].map(parsed)).toEqual(["fe80::7", "fe80::7"])
  })

  it("is the IPv4 address that it maps into IPv6", () => {
    expect(["::ffff:192.0.2.7", "::ffff:c000:207", "[::FFFF:192.0.2.7]:80"].map(parsed)).toEqual([
      "192.0.2.7",
      "192.0.2.7",
      "192.0.2.7"
    ])
  })

  it("is none when it is anything else", () => {
    const texts = [
      "",
      "unknown",
      "_hidden",
      "192.0.2",
      "192.0.2.256",
      "192.0.2.7.8",
      "01.2.3.4",
      "2001:db8",
      "[::1",
      "1:2"
    ]
    expect([undefined, ...texts].map(parsed).filter((address) => address !== undefined)).toEqual([])
  })

  it("is counted whole when it is IPv4, and by its network when it is IPv6", () => {
    expect(keyOf("::ffff:203.0.113.7")).toBe("203.0.113.7")
    expect(keyOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64")
    expect(keyOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64")
    expect(keyOf("2001:db8::9")).toBe("2001:db8:0:0::/64")
    expect(keyOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64")
  })

  it("is known to be this machine's own", () => {
    expect(["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"].map(isLoopback)).toEqual([true, true, true, true])
    expect(["128.0.0.1", "::2", "::ffff:10.0.0.1", undefined].map(isLoopback)).toEqual([false, false, false, false])
  })
})
