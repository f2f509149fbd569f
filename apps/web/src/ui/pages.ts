// A long list that a server tells a page at a time.
import type { Outcome } from "@messenger/client/Messenger"
import { createSignal } from "solid-js"
import type { Accessor } from "solid-js"
import type { TellableError } from "../texts.ts"

/** One page; the next is asked for with `next`, which is null after the last. */
export interface Page<Row, Mark> {
  readonly rows: ReadonlyArray<Row>
  readonly next: Mark | null
}

/** The list as far as it is here. */
export interface Pages<Row> {
  /** Undefined until the first page came. */
  readonly rows: Accessor<ReadonlyArray<Row> | undefined>
  readonly hasMore: Accessor<boolean>
  readonly isBusy: Accessor<boolean>
  /** Why the last page did not come. */
  readonly error: Accessor<TellableError | undefined>
  /** Brings the next page, or the first. */
  readonly more: () => Promise<void>
  /** Begins anew, since something else is asked for; what is here stays until the first page has come. */
  readonly restart: () => Promise<void>
  readonly change: (change: (rows: ReadonlyArray<Row>) => ReadonlyArray<Row>) => void
}

/** The pages that `ask` brings. An answer to what is no longer asked is dropped. */
export const createPages = <Row, Mark>(
  ask: (after: Mark | null) => Promise<Outcome<Page<Row, Mark>, TellableError>>
): Pages<Row> => {
  const [rows, setRows] = createSignal<ReadonlyArray<Row>>()
  const [next, setNext] = createSignal<Mark | null>(null)
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<TellableError>()
  let round = 0
  const bring = async (after: Mark | null, before: ReadonlyArray<Row>) => {
    const mine = ++round
    setBusy(true)
    const page = await ask(after)
    if (mine !== round) return
    setBusy(false)
    setError(() => (page.isOk ? undefined : page.error))
    if (!page.isOk) return
    setRows([...before, ...page.value.rows])
    setNext(() => page.value.next)
  }
  return {
    rows,
    hasMore: () => next() !== null,
    isBusy,
    error,
    more: async () => {
      if (!isBusy()) await bring(next(), rows() ?? [])
    },
    restart: () => bring(null, []),
    change: (change) => setRows((before) => before && change(before))
  }
}
