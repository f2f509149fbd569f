import { User } from "@messenger/protocol/Account"
import { Unauthenticated, UpgradeRequired } from "@messenger/protocol/Handshake"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  drainSpreadMillis,
  initial,
  longestWaitMillis,
  next,
  stableAfterMillis,
  waitMillis
} from "../src/ConnectionState.ts"
import type { ConnectionEvent, ConnectionState } from "../src/ConnectionState.ts"

const ada = Schema.decodeUnknownSync(User)({ id: "ada", name: "Ada", isGuest: false })

const opened = (nowMillis: number): ConnectionEvent => ({
  _tag: "Opened",
  nowMillis,
  user: ada,
  node: "n1",
  serverNowMillis: nowMillis + 250
})
const lost = (nowMillis: number, also: Partial<Extract<ConnectionEvent, { _tag: "Lost" }>> = {}): ConnectionEvent => ({
  _tag: "Lost",
  nowMillis,
  closeCode: 1006,
  isOnline: true,
  jitter: 0.5,
  ...also
})
const after = (...events: ReadonlyArray<ConnectionEvent>): ConnectionState => events.reduce(next, initial)

const connect: ConnectionEvent = { _tag: "ConnectAsked" }
const waitOver: ConnectionEvent = { _tag: "WaitOver" }
const woke: ConnectionEvent = { _tag: "Woke" }

describe("a connection", () => {
  it("opens when asked, and knows how far ahead the server's clock is", () => {
    expect(after(connect)).toEqual({ _tag: "Connecting", attempt: 0 })
    expect(after(connect, opened(10))).toMatchObject({ _tag: "Open", serverClockAheadMillis: 250, user: ada })
  })

  it("waits a part of an ever longer time after each failure", () => {
    const first = after(connect, lost(0))
    expect(first).toEqual({ _tag: "Waiting", attempt: 1, untilMillis: 500, isDraining: false })
    const second = next(next(first, waitOver), lost(500))
    expect(second).toEqual({ _tag: "Waiting", attempt: 2, untilMillis: 1_500, isDraining: false })
  })

  it.each([
    [0, 0, 0],
    [0, 0.999, 999],
    [1, 0.5, 1_000],
    [3, 0.5, 4_000],
    [10, 0.5, longestWaitMillis / 2],
    [1_000, 0.999, Math.floor(longestWaitMillis * 0.999)]
  ])("after %i failures waits, with jitter %d, %i ms", (failures, jitter, millis) => {
    expect(waitMillis(failures, jitter)).toBe(millis)
  })

  it("forgets its failures once it was open for a while, and not before", () => {
    const failedTwice = [connect, lost(0), waitOver, lost(0), waitOver, opened(0)]
    expect(after(...failedTwice, lost(stableAfterMillis))).toMatchObject({ _tag: "Waiting", attempt: 1 })
    expect(after(...failedTwice, lost(stableAfterMillis - 1))).toMatchObject({ _tag: "Waiting", attempt: 3 })
  })

  it("comes back soon and spread out after a restart that was announced", () => {
    expect(after(connect, opened(0), lost(100, { closeCode: 1012, jitter: 0.999 }))).toEqual({
      _tag: "Waiting",
      attempt: 1,
      untilMillis: 100 + Math.floor(drainSpreadMillis * 0.999),
      isDraining: true
    })
  })

  it("tries at once when the device wakes or has a network again", () => {
    expect(after(connect, lost(0), woke)).toEqual({ _tag: "Connecting", attempt: 1 })
    expect(after(connect, lost(0, { isOnline: false }), woke)).toEqual({ _tag: "Connecting", attempt: 1 })
  })

  it("does not believe for ever that there is no network", () => {
    const offline = after(connect, opened(0), lost(100, { isOnline: false }))
    expect(offline).toEqual({ _tag: "Offline", attempt: 1, untilMillis: 100 + longestWaitMillis })
    expect(next(offline, waitOver)).toEqual({ _tag: "Connecting", attempt: 1 })
  })

  it.each([new Unauthenticated(), new UpgradeRequired({ serverContract: 2 })])(
    "that is refused ($_tag) tries again only when asked",
    (refusal) => {
      const refused = after(connect, { _tag: "WasRefused", refusal })
      expect(refused).toEqual({ _tag: "Refused", refusal })
      expect([waitOver, woke, lost(5), opened(5)].map((event) => next(refused, event))).toEqual(Array(4).fill(refused))
      expect(next(refused, connect)).toEqual({ _tag: "Connecting", attempt: 0 })
    }
  )

  it("that waits gives up when it is known from elsewhere that it will be refused", () => {
    const refusal = new Unauthenticated()
    const given = after(connect, opened(0), lost(100), { _tag: "WasRefused", refusal })
    expect(given).toEqual({ _tag: "Refused", refusal })
    expect(next(initial, { _tag: "WasRefused", refusal })).toEqual(initial)
  })

  it("that was closed stays closed until it is asked for", () => {
    const closed = after(connect, opened(0), { _tag: "CloseAsked" })
    expect(closed).toEqual(initial)
    expect([waitOver, woke, lost(5), opened(5)].map((event) => next(closed, event))).toEqual(Array(4).fill(closed))
  })
})
