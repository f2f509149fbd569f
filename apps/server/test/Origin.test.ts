import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import * as Origin from "../src/Origin.ts"
import { isLoopback, limitKey } from "../src/PeerAddress.ts"

const none = Option.none<string>()

describe("the origin of a page", () => {
  it("is ours without a public address when it is the host itself, by localhost or an IP literal", () => {
    expect(Origin.isAccepted("http://localhost:4000", "localhost:4000", none)).toBe(true)
    expect(Origin.isAccepted("http://192.168.1.7:4000", "192.168.1.7:4000", none)).toBe(true)
    expect(Origin.isAccepted("http://[::1]:4000", "[::1]:4000", none)).toBe(true)
    expect(Origin.isAccepted("https://192.168.1.7", "192.168.1.7", none)).toBe(true)
  })

  it("is not ours when it is another one, or a name that anybody could point here", () => {
    expect(Origin.isAccepted("http://localhost:5000", "localhost:4000", none)).toBe(false)
    expect(Origin.isAccepted("http://chat.example.org", "chat.example.org", none)).toBe(false)
    expect(Origin.isAccepted("http://localhost.evil.example", "localhost.evil.example", none)).toBe(false)
    expect(Origin.isAccepted("null", "localhost:4000", none)).toBe(false)
    expect(Origin.isAccepted("file://localhost:4000", "localhost:4000", none)).toBe(false)
    expect(Origin.isAccepted(undefined, "localhost:4000", none)).toBe(false)
  })

  it("is the public address alone, once that is set", () => {
    const publicUrl = Option.some("https://chat.example.org")
    expect(Origin.isAccepted("https://chat.example.org", "anything", publicUrl)).toBe(true)
    expect(Origin.isAccepted("http://chat.example.org", "chat.example.org", publicUrl)).toBe(false)
    expect(Origin.isAccepted("http://localhost:4000", "localhost:4000", publicUrl)).toBe(false)
  })
})

describe("the address that limits are counted by", () => {
  it("is an IPv4 address whole, also when it comes in IPv6", () => {
    expect(limitKey("203.0.113.7")).toBe("203.0.113.7")
    expect(limitKey("::ffff:203.0.113.7")).toBe("203.0.113.7")
  })

  it("is the network part of an IPv6 address, however it is written", () => {
    expect(limitKey("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64")
    expect(limitKey("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64")
    expect(limitKey("2001:db8::9")).toBe("2001:db8:0:0::/64")
    expect(limitKey("fe80::1%eth0")).toBe("fe80:0:0:0::/64")
  })

  it("is known to be this machine's own", () => {
    expect(["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"].map(isLoopback)).toEqual([true, true, true, true])
    expect(["128.0.0.1", "::2", "::ffff:10.0.0.1", undefined].map(isLoopback)).toEqual([false, false, false, false])
  })
})
