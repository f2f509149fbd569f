import { expect, it } from "@effect/vitest"
import { describe } from "vitest"
import { addressOf } from "../src/Address.ts"

describe("an address", () => {
  it("is an origin, or the link of a room", () => {
    const server = "https://chat.example.org"
    expect(addressOf(`${server}/`)).toEqual({ server, room: undefined })
    expect(addressOf(`${server}/r/lobby`)).toEqual({ server, room: "lobby" })
    expect(addressOf(`${server}/r/caf%C3%A9/`)).toEqual({ server, room: "café" })
    expect(addressOf(`${server}/r/100%`)).toEqual({ server, room: "100%" })
  })

  it("is nothing else", () => {
    for (const text of ["", "localhost:4000", "ftp://chat.example.org", "https://chat.example.org/search"]) {
      expect(addressOf(text)).toBeUndefined()
    }
  })
})
