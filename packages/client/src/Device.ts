// Where a client keeps what it has not sent yet, and how it is agreed which of several programs with the same outbox sends.
import { Layer } from "effect"
import { DrainLock } from "./DrainLock.ts"
import * as IndexedDbOutboxStore from "./IndexedDbOutboxStore.ts"
import { ownerOf, OutboxStore } from "./OutboxStore.ts"
import type { OwnerOptions } from "./OutboxStore.ts"

/** The store and the lock of one person's outbox on this device. */
export type Device = (owner: OwnerOptions) => Layer.Layer<OutboxStore | DrainLock>

/** Forgets everything with the program. */
export const memory: Device = () => Layer.merge(OutboxStore.layerMemory, DrainLock.layerAlone)

/** IndexedDB, shared by all tabs of an origin. */
export const indexedDb: Device = (owner) => {
  const name = `messenger-outbox ${ownerOf(owner)}`
  const lock = "locks" in navigator ? DrainLock.layerWebLocks(navigator.locks, name) : DrainLock.layerLease
  return lock.pipe(Layer.provideMerge(IndexedDbOutboxStore.layer(owner)))
}

/** IndexedDB where there is one, else memory. A program in Node that must not lose what it wrote takes `FileOutboxStore.inFolder`. */
export const standard: Device = (owner) => (typeof indexedDB === "undefined" ? memory : indexedDb)(owner)
