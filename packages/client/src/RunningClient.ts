// The client of one person, running: it owns the fibers, and dials, stores and locks with what this device has.
import type { User } from "@messenger/protocol/Account"
import { Layer, ManagedRuntime } from "effect"
import * as Dial from "./Dial.ts"
import { DrainLock } from "./DrainLock.ts"
import * as IndexedDbOutboxStore from "./IndexedDbOutboxStore.ts"
import { MessengerClient } from "./MessengerClient.ts"
import { OutboxStore } from "./OutboxStore.ts"
import { runnerOf } from "./Runner.ts"
import type { Runner } from "./Runner.ts"
import type { Signals } from "./Signals.ts"

/** Who, where, and what the device says about its network. */
export interface RunningClientOptions {
  readonly server: string
  readonly user: User
  readonly signals: Signals
}

/** A client and how to run what it answers. */
export interface RunningClient {
  readonly user: User
  readonly client: MessengerClient["Service"]
  /** Closing it closes the client. */
  readonly runner: Runner<MessengerClient>
}

/** Starts the client; it does not connect yet. */
export const start = ({ server, user, signals }: RunningClientOptions): RunningClient => {
  const runtime = ManagedRuntime.make(
    MessengerClient.layer({ account: user.id, signals }).pipe(
      Layer.provide([Dial.layer({ server }), deviceLayer({ server, account: user.id })])
    )
  )
  const runner = runnerOf(runtime)
  return { user, client: runner.now(MessengerClient), runner }
}

const deviceLayer = (options: IndexedDbOutboxStore.OwnerOptions): Layer.Layer<OutboxStore | DrainLock> => {
  if (typeof indexedDB === "undefined") return Layer.merge(OutboxStore.layerMemory, DrainLock.layerAlone)
  const name = `messenger-outbox ${IndexedDbOutboxStore.ownerOf(options)}`
  const lock = "locks" in navigator ? DrainLock.layerWebLocks(navigator.locks, name) : DrainLock.layerLease
  return lock.pipe(Layer.provideMerge(IndexedDbOutboxStore.layer(options)))
}
