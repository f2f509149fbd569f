// Many subscribers of one room over real WebSockets. They decode nothing: a frame is searched for the times at which its messages
// were sent, and counted.
import { WebSocket } from "ws"
import { ownCpuSeconds } from "../OwnCpu.ts"
import { dialects } from "./Dialect.ts"
import type { Dialect } from "./Dialect.ts"
import { Lateness } from "../Lateness.ts"
import type { Counts, Question, Subscription } from "./Generator.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"
import { nowMicros, readStamps } from "./Stamp.ts"

/** How many connections are being opened at a time: more than a server's listen backlog would be lost. */
const opensAtOnce = 50

/** The subscribers of one process. */
export class Subscribers {
  readonly #sockets = new Set<WebSocket>()
  #reached = new Set<WebSocket>()
  #latencies = new LatencyHistogram()
  readonly #lateness = new Lateness()
  #frames = 0
  #messages = 0
  #lost = 0

  /** Opens and follows; resolves when every follow has been sent. */
  async open({
    url,
    dialect,
    roomId,
    subscriptions
  }: Omit<Extract<Question, { _tag: "Open" }>, "_tag">): Promise<void> {
    const waiting = [...subscriptions]
    const worker = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await this.#subscribe(url, dialects[dialect], roomId, next)
      }
    }
    await Promise.all(Array.from({ length: opensAtOnce }, worker))
  }

  /** Closes all of them and waits until they are closed. */
  async close(): Promise<void> {
    const closing = [...this.#sockets].map(
      (socket) =>
        new Promise<void>((resolve) => {
          this.#sockets.delete(socket)
          socket.once("close", () => resolve())
          socket.close()
        })
    )
    await Promise.all(closing)
  }

  /** Counts anew from here. */
  reset(): void {
    this.#reached = new Set()
    this.#latencies = new LatencyHistogram()
    this.#lateness.reset()
    this.#frames = this.#messages = this.#lost = 0
  }

  /** What has arrived since the last reset. */
  report(): Counts {
    return {
      frames: this.#frames,
      messages: this.#messages,
      reached: this.#reached.size,
      lost: this.#lost,
      latencies: this.#latencies.counts,
      late: this.#lateness.read(),
      cpuSeconds: ownCpuSeconds()
    }
  }

  #subscribe(url: string, dialect: Dialect, roomId: string, { cookie, requestId }: Subscription): Promise<void> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}${dialect.path}`, {
      perMessageDeflate: false,
      headers: cookie === "" ? {} : { cookie, origin: url }
    })
    this.#sockets.add(socket)
    const ack = dialect.ack?.(requestId)
    const record = (micros: number) => this.#latencies.record(nowMicros() - micros)
    const count = (frame: Buffer) => {
      const messages = readStamps(frame, record)
      if (messages > 0) {
        this.#frames++
        this.#messages += messages
        this.#reached.add(socket)
      }
      if (ack !== undefined) socket.send(ack)
    }
    return new Promise((resolve, reject) => {
      const follow = () => {
        socket.on("message", count)
        socket.send(dialect.follow(roomId, requestId), () => resolve())
      }
      socket.once("error", reject)
      socket.once("close", () => {
        if (this.#sockets.delete(socket)) this.#lost++
      })
      socket.once("open", () => {
        if (dialect.greeting === undefined) return follow()
        socket.once("message", follow)
        socket.send(dialect.greeting)
      })
    })
  }
}
