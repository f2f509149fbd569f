// Which rows make a page of history. Pure.
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"

/** A page is what lies on both sides of `pivot`: at most `older` rows below it, and `newer` from it on, `limit` together. */
export interface Stretch {
  readonly pivot: number
  readonly older: number
  readonly newer: number
  readonly limit: number
}

/** Where a page lies in a log that ends at `head`. */
export const stretchOf = (anchor: PageAnchor, head: number, limit: number): Stretch => {
  switch (anchor._tag) {
    case "Newest":
      return { pivot: head + 1, older: limit, newer: 0, limit }
    case "Before":
      return { pivot: anchor.number, older: limit, newer: 0, limit }
    case "After":
      return { pivot: anchor.number + 1, older: 0, newer: limit, limit }
    case "Around":
      return { pivot: anchor.number, older: limit, newer: limit, limit }
  }
}

/** The page, ascending. `below` descends from the pivot, `above` ascends from it; each has one row more than is wanted, if there is one. */
export const takeStretch = <Row>(
  { older, newer, limit }: Stretch,
  below: ReadonlyArray<Row>,
  above: ReadonlyArray<Row>
): { readonly rows: ReadonlyArray<Row>; readonly hasOlder: boolean; readonly hasNewer: boolean } => {
  // With both sides wanted each takes its half, and what the other has no rows for.
  const takenBelow = Math.min(older, newer === 0 ? limit : Math.max(Math.floor(limit / 2), limit - above.length))
  const takenAbove = Math.min(newer, limit - Math.min(takenBelow, below.length))
  return {
    rows: [...below.slice(0, takenBelow).toReversed(), ...above.slice(0, takenAbove)],
    hasOlder: below.length > takenBelow,
    hasNewer: above.length > takenAbove
  }
}
