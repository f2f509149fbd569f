// The client of one person, running: it owns the fibers, and dials, stores and locks with what this device has.
import type { User } from "@messenger/protocol/Account"
import { Effect, Layer, ManagedRuntime } from "effect"
import type { Device } from "./Device.ts"
import * as Dial from "./Dial.ts"
import { MessengerClient } from "./MessengerClient.ts"
import { runnerOf } from "./Runner.ts"
import type { Runner } from "./Runner.ts"
import type { Signals } from "./Signals.ts"

/** Who, where, and what the device says about its network. */
export interface RunningClientOptions {
  readonly server: string
  readonly user: User
  readonly signals: Signals
  readonly bearer: string | undefined
  readonly store: Device
}

/** A client and how to run what it answers. */
export interface RunningClient {
  readonly user: User
  readonly client: MessengerClient["Service"]
  readonly runner: Runner<MessengerClient>
  /** Sends nothing any more, keeps on the device what was written, and lets go of everything. */
  readonly close: () => Promise<void>
}

/** How long a device may take to write down what is on its way to the disk, in milliseconds. */
const flushMillis = 2_000

/** Starts the client; it does not connect yet. */
export const start = ({ server, user, signals, bearer, store }: RunningClientOptions): RunningClient => {
  const runtime = ManagedRuntime.make(
    MessengerClient.layer({ account: user.id, signals }).pipe(
      Layer.provide([
        Dial.layer(bearer === undefined ? { server } : { server, bearer }),
        store({ server, account: user.id })
      ])
    )
  )
  const runner = runnerOf(runtime)
  const client = runner.now(MessengerClient)
  return {
    user,
    client,
    runner,
    close: async () => {
      client.connection.close()
      await runner.later(Effect.timeoutOption(client.outbox.flush, flushMillis))
      await runner.close()
    }
  }
}
