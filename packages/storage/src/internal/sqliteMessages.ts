// What the event loop and a SQLite thread say to each other. Plain data: it is copied from thread to thread.
import type { CommitRequest } from "../MessageLog.ts"
import type { RawOutcome, Row } from "./rawOutcome.ts"

/** How a thread opens its database: the one writer, or a reader that can change nothing. */
export interface ThreadOptions {
  readonly file: string
  readonly access: "Write" | "Read"
  /** How long a statement waits for another process that holds the file, in milliseconds. */
  readonly busyTimeoutMillis: number
}

/** One statement of several; with `needsRow` all of them are taken back when it answers no row. */
export interface PlainStep {
  readonly sql: string
  readonly params: ReadonlyArray<unknown>
  readonly needsRow: boolean
}

/** One piece of work. */
export type ThreadWork =
  | { readonly _tag: "Rows"; readonly sql: string; readonly params: ReadonlyArray<unknown> }
  | { readonly _tag: "Values"; readonly sql: string; readonly params: ReadonlyArray<unknown> }
  | { readonly _tag: "Together"; readonly steps: ReadonlyArray<PlainStep> }
  | { readonly _tag: "Commit"; readonly requests: ReadonlyArray<CommitRequest> }

/** Work with the number that its answer carries. */
export interface ThreadRequest {
  readonly id: number
  readonly work: ThreadWork
}

/** An error of SQLite or of the binding; `errno` is SQLite's extended result code. */
export interface ThreadFailure {
  readonly message: string
  readonly errno: number | undefined
  /** Whether it is not known what became of the work: COMMIT itself failed. */
  readonly isOutcomeUnknown: boolean
}

/** What a piece of work answers. */
export type ThreadResult =
  | { readonly _tag: "Rows"; readonly rows: ReadonlyArray<Row> }
  | { readonly _tag: "Values"; readonly values: ReadonlyArray<ReadonlyArray<unknown>> }
  /** The rows of each step; `stoppedAt` is the place of the step that needed a row, when nothing was written. */
  | {
      readonly _tag: "Together"
      readonly rows: ReadonlyArray<ReadonlyArray<Row>>
      readonly stoppedAt: number | null
    }
  | { readonly _tag: "Outcomes"; readonly outcomes: ReadonlyArray<RawOutcome> }
  | { readonly _tag: "Failed"; readonly failure: ThreadFailure }

/** The answer to the request of that number. */
export interface ThreadAnswer {
  readonly id: number
  readonly result: ThreadResult
}
