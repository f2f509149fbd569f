// Whether two databases hold the same rows of a table, in whatever order they give them.
import { hash } from "node:crypto"
import type { Row } from "./rawOutcome.ts"
import { columnsOf } from "./tables.ts"
import type { Table } from "./tables.ts"

/** Of the rows that were added so far: how many, and what they come to. */
export interface TableDigest {
  readonly add: (row: Row) => void
  readonly count: () => number
  readonly text: () => string
}

/**
 * Each row is hashed (SHA-256 of its values in the order of the columns, as JSON) and the hashes are added up modulo 2^256. Rows of a
 * table differ, each having a key, so none takes another one away.
 */
export const makeTableDigest = (table: Table): TableDigest => {
  const columns = columnsOf(table)
  let count = 0
  let sum = 0n
  return {
    add: (row) => {
      count += 1
      sum = BigInt.asUintN(256, sum + BigInt(`0x${hash("sha256", JSON.stringify(columns.map((name) => row[name])))}`))
    },
    count: () => count,
    text: () => sum.toString(16)
  }
}
