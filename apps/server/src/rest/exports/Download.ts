// An export on its way to somebody. It is open for as long as they take it, so it counts as their other connections do, and is given
// up like those: when nothing of it leaves any more, when what they came with has run out, when the server stops.
import type { ServerResponse } from "node:http"
import type { Open } from "../../connections/Connections.ts"
import type { Limits } from "../../connections/Heartbeat.ts"
import type { Peer } from "../../connections/Peer.ts"
import { Stall, unsentBytesOf } from "../../connections/Stall.ts"

export class Download implements Open {
  readonly peer: Peer
  readonly #response: ServerResponse
  readonly #stall = new Stall()

  constructor(peer: Peer, response: ServerResponse) {
    this.peer = peer
    this.#response = response
  }

  /** Breaks it off, so that nobody takes what they have for the whole. */
  close(): void {
    this.#response.destroy()
  }

  /** Nothing more is asked on it, and what is under way may be done before the server stops. */
  retire(): void {}

  visit(now: number, { stuckAfter }: Limits): boolean {
    const until = this.peer.holder?.until ?? null
    const hasExpired = until !== null && now >= until
    if (!hasExpired && !this.#stall.hasLasted(unsentBytesOf(this.#response), now, stuckAfter)) return true
    this.close()
    return false
  }
}
