// A wire to PostgreSQL that can be cut at a chosen moment.
import { Effect } from "effect"
import { connect, createServer } from "node:net"
import type { AddressInfo, Socket } from "node:net"
import { join } from "node:path"

/** Where the wire is cut: before the words reach the server, or when its answer to them comes back. */
export interface Cut {
  readonly words: string
  readonly when: "Before" | "Answered"
}

/** A wire from `port` on the loopback interface to the server in `socketDir`. */
export interface Proxy {
  readonly port: number
  /** Cuts every connection that says these words from now on. */
  readonly cut: (cut: Cut) => void
  /** Cuts the next connection that says these words. */
  readonly cutOnce: (cut: Cut) => void
  /** Whether a cut is still to come. */
  readonly isWaiting: () => boolean
  /** Cuts everything, and answers nobody until `mend`. */
  readonly sever: () => void
  readonly mend: () => void
}

/** Opens a wire until the scope closes. */
export const openProxy = Effect.fnUntraced(function* (socketDir: string) {
  const live = new Set<Socket>()
  let planned: Cut | undefined
  let isForOnce = false
  let isSevered = false
  const server = createServer((client) => {
    if (isSevered) return client.destroy()
    const upstream = connect(join(socketDir, ".s.PGSQL.5432"))
    let isDoomed = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      live.add(socket)
      socket.on("error", end)
      socket.on("close", () => {
        live.delete(socket)
        end()
      })
    }
    client.on("data", (chunk) => {
      if (planned !== undefined && chunk.includes(planned.words)) {
        const { when } = planned
        if (isForOnce) planned = undefined
        if (when === "Before") return end()
        isDoomed = true
      }
      upstream.write(chunk)
    })
    upstream.on("data", (chunk) => {
      // The answer is complete with ReadyForQuery: what was asked is done.
      if (isDoomed) end()
      else client.write(chunk)
    })
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.promise(async () => {
        for (const socket of live) socket.destroy()
        await new Promise((resolve) => server.close(resolve))
      })
  )
  const address = server.address()
  const port = isAddress(address) ? address.port : yield* Effect.die(new Error("the proxy has no port"))
  const proxy: Proxy = {
    port,
    cut: (cut) => {
      planned = cut
      isForOnce = false
    },
    cutOnce: (cut) => {
      planned = cut
      isForOnce = true
    },
    isWaiting: () => planned !== undefined,
    sever: () => {
      isSevered = true
      for (const socket of live) socket.destroy()
    },
    mend: () => {
      isSevered = false
      planned = undefined
    }
  }
  return proxy
})

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  address !== null && typeof address !== "string"
