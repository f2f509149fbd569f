// The conversation as a virtual list: only the rows in and around the window exist. It opens where reading goes on, follows
// the end while the end is in sight, and keeps its place when older rows come in above.
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core"
import type { VirtualizerOptions } from "@tanstack/virtual-core"
import {
  batch,
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  on,
  onCleanup,
  onMount,
  untrack
} from "solid-js"
import type { Accessor } from "solid-js"
import type { Row } from "./rows.ts"

/** So near to the end, in px, counts as being there: a reader's last turn of the wheel rarely ends exactly. */
const endWithin = 48

/** Space above the oldest row, for what is said there; constant, so that nothing moves when that changes. */
export const spaceAbove = 72

/** The rows that exist just now, and where they stand. */
export interface List {
  /** Keys of the rows that exist, in order; a row keeps its element for as long as it does. */
  readonly keys: Accessor<ReadonlyArray<string>>
  readonly indexOf: (key: string) => number
  readonly rowOf: (key: string) => Row | undefined
  /** Where the first of them stands, and how high all rows are together, in px. */
  readonly start: Accessor<number>
  readonly height: Accessor<number>
  /** The index of the first row that exists, to know when the oldest is near. */
  readonly firstIndex: Accessor<number>
  /** Whether it stands where reading goes on; before that nothing has been in sight. */
  readonly isPlaced: Accessor<boolean>
  readonly isAtEnd: Accessor<boolean>
  readonly measure: (element: HTMLElement) => void
  readonly onScroll: () => void
  readonly toEnd: () => void
  /** Brings a row into sight, if it is not. */
  readonly toRow: (key: string) => void
}

/** A list of `rows` in the element that `scroller` answers once it is mounted. */
export const createList = (rows: Accessor<ReadonlyArray<Row>>, scroller: () => HTMLElement | undefined): List => {
  const [isPlaced, setPlaced] = createSignal(false)
  const [isNearEnd, setNearEnd] = createSignal(false)
  const isAtEnd = createMemo(() => isPlaced() && isNearEnd())
  // Where the scroller stood when it was last moved from here, or last told that it had moved. Rows that turn out lower than they
  // were taken for bring it up without anybody going there.
  let lastTop = 0
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(optionsFor(untrack(rows)))
  const [items, setItems] = createSignal(virtualizer.getVirtualItems())
  const [height, setHeight] = createSignal(virtualizer.getTotalSize())
  const publish = () =>
    batch(() => {
      setItems(virtualizer.getVirtualItems())
      setHeight(virtualizer.getTotalSize())
    })
  function optionsFor(current: ReadonlyArray<Row>) {
    return {
      count: current.length,
      getItemKey: (index: number) => current[index]?.key ?? index,
      getScrollElement: () => scroller() ?? null,
      estimateSize: () => 48,
      paddingStart: spaceAbove,
      paddingEnd: 12,
      overscan: 8,
      anchorTo: "end",
      scrollEndThreshold: endWithin,
      observeElementRect,
      observeElementOffset,
      scrollToFn: (offset, options, instance) => {
        elementScroll(offset, options, instance)
        lastTop = scroller()?.scrollTop ?? 0
      },
      // Drawn first, then scrolled: a place that does not exist yet cannot be scrolled to.
      onChange: () => {
        publish()
        virtualizer._willUpdate()
      }
    } satisfies VirtualizerOptions<HTMLElement, HTMLElement>
  }
  createComputed(
    on(rows, (current) => {
      virtualizer.setOptions(optionsFor(current))
      publish()
    })
  )
  createEffect(
    on(rows, () => {
      virtualizer._willUpdate()
      if (untrack(isAtEnd)) virtualizer.scrollToEnd()
    })
  )
  const byKey = createMemo(() => new Map(rows().map((row, index) => [row.key, { row, index }] as const)))

  let isPlacing = false
  const place = () => {
    isPlacing = true
    const line = rows().findIndex((row) => row.opensNew)
    if (line === -1) virtualizer.scrollToEnd()
    else virtualizer.scrollToIndex(Math.max(0, line - 1), { align: "start" })
    // Rows are measured in the next frame and the scroll is corrected by it; where that ends is known in the one after.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        setNearEnd(line === -1 || virtualizer.isAtEnd(endWithin))
        setPlaced(true)
        if (isNearEnd()) virtualizer.scrollToEnd()
      })
    )
  }
  const onScroll = () => {
    const element = scroller()
    if (element === undefined) return
    const top = element.scrollTop
    // Asked of the element: the virtualizer hears of this scroll only after this.
    const isThere = element.scrollHeight - element.clientHeight - top <= endWithin
    // Only going up leaves the end: in a burst it moves away downwards faster than it can be followed.
    if (isPlaced() && isThere) {
      setNearEnd(true)
    } else if (isPlaced() && top < lastTop) {
      if (isNearEnd()) virtualizer.cancelScroll()
      setNearEnd(false)
    }
    lastTop = top
  }
  onMount(() => {
    onCleanup(virtualizer._didMount())
    virtualizer._willUpdate()
    createEffect(() => {
      if (rows().length > 0 && !isPlacing) untrack(place)
    })
    const element = scroller()
    if (element === undefined) return
    // A window that gets lower (the composer grows, a keyboard comes up) must not cover the end that was in sight.
    const resized = new ResizeObserver(() => isAtEnd() && virtualizer.scrollToEnd())
    resized.observe(element)
    onCleanup(() => resized.disconnect())
  })

  return {
    keys: createMemo(() => items().map((item) => String(item.key))),
    indexOf: (key) => byKey().get(key)?.index ?? 0,
    rowOf: (key) => byKey().get(key)?.row,
    start: () => items()[0]?.start ?? spaceAbove,
    height,
    firstIndex: () => items()[0]?.index ?? 0,
    isPlaced,
    isAtEnd,
    measure: (element) => virtualizer.measureElement(element),
    onScroll,
    toRow: (key) => {
      const index = byKey().get(key)?.index
      if (index !== undefined) virtualizer.scrollToIndex(index, { align: "auto" })
    },
    toEnd: () => {
      setNearEnd(true)
      virtualizer.scrollToEnd()
    }
  }
}
