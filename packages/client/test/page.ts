// A page of a browser, in tests over real sockets.
import { Effect } from "effect"
import { makeMessenger } from "../src/Messenger.ts"
import { until } from "../src/Readable.ts"
import type { Readable } from "../src/Readable.ts"
import { silent } from "../src/Signals.ts"

/** A page of one browser; closed with the scope. */
export const page = (origin: string, bearer?: string) =>
  Effect.acquireRelease(
    Effect.sync(() => makeMessenger({ server: origin, signals: silent, ...(bearer === undefined ? {} : { bearer }) })),
    (messenger) => Effect.promise(messenger.close)
  )

/** Waits for what must happen within 5 s. */
export const soon = <A>(readable: Readable<A>, isSo: (value: A) => boolean) =>
  Effect.timeout(until(readable, isSo), "5 seconds")

/** Whether a value is of that case. */
export const is = (tag: string) => (value: { readonly _tag: string }) => value._tag === tag
