// Whether bytes that wait for a reader leave at all.
import type { ServerResponse } from "node:http"
import { writeQueueSize } from "./Fastlane.ts"

/** Looks at one connection again and again. */
export class Stall {
  #seen: { readonly since: number; readonly unsentBytes: number } | undefined

  /** Whether nothing has left for that long, while something waited; times in milliseconds. */
  hasLasted(unsentBytes: number, now: number, forMillis: number): boolean {
    if (unsentBytes === 0 || this.#seen?.unsentBytes !== unsentBytes) {
      this.#seen = unsentBytes === 0 ? undefined : { since: now, unsentBytes }
      return false
    }
    return now - this.#seen.since >= forMillis
  }

  /** Everything has left. */
  over(): void {
    this.#seen = undefined
  }
}

/** How many bytes of an answer have not reached the operating system. */
export const unsentBytesOf = ({ socket }: ServerResponse): number =>
  socket === null ? 0 : (writeQueueSize(socket) ?? socket.writableLength)
