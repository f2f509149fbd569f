// How far the reader has read, and where the line "New" stands.
import { createEffect, createMemo, createSignal, on } from "solid-js"
import type { Accessor } from "solid-js"

/** What reading depends on. */
export interface Reading {
  /** How far the room was read on any device; undefined for a room that was never read. */
  readonly marker: Accessor<number | undefined>
  /** The number of the newest message that is held, 0 when there is none. */
  readonly newest: Accessor<number>
  /** Whether the newest message is in sight. */
  readonly isAtEnd: Accessor<boolean>
  /** Whether the reader looks at this window. */
  readonly hasAttention: Accessor<boolean>
  readonly markRead: (number: number) => void
}

/**
 * Advances the read marker while the newest message is in sight of somebody who looks. Answers what to draw "New" after: all
 * that was read when the reader came, or last looked away with nothing unread; `undefined` in a room that was never read, where
 * everything would be new.
 */
export const createReading = (reading: Reading): Accessor<number | undefined> => {
  const [readUpTo, setReadUpTo] = createSignal(reading.marker())
  const isReading = createMemo(() => reading.isAtEnd() && reading.hasAttention())
  createEffect(() => {
    if (isReading() && reading.newest() > (reading.marker() ?? 0)) reading.markRead(reading.newest())
  })
  createEffect(
    on(isReading, (now, before) => {
      // What comes from here on has not been seen; what was in sight has.
      if (before === true && !now) setReadUpTo(reading.newest())
    })
  )
  return readUpTo
}
