// How the server leaves its clients: nobody new is let in, what was taken is answered, and everybody is told to connect again.
import { Effect } from "effect"
import { Connections } from "./connections/Connections.ts"
import { closeCode } from "./connections/Peer.ts"
import { Readiness } from "./Readiness.ts"
import { ServerConfig } from "./ServerConfig.ts"

const reason = "the server restarts"

/**
 * In this order: not ready and no new sockets; each connection takes no further request, and is closed with 1012 (Service
 * Restart: connect again, after a random while) when those it has taken are answered; after the time that the setting allows all
 * are closed, answered or not.
 */
export const drain = Effect.gen(function* () {
  const readiness = yield* Readiness
  const connections = yield* Connections
  const { drainSeconds } = yield* ServerConfig
  readiness.set(false)
  connections.refuseNew()
  yield* Effect.logInfo("Draining")
  connections.retireAll(closeCode.serviceRestart, reason)
  yield* connections.empty.pipe(
    Effect.timeoutOrElse({ duration: `${drainSeconds} seconds`, orElse: () => Effect.void }),
    Effect.andThen(Effect.sync(() => connections.closeAll(closeCode.serviceRestart, reason)))
  )
})
