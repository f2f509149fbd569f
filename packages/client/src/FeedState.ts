// What a follower of a feed knows: the fold of all frames so far, and whether it is up to date.
import type { Weather } from "@messenger/protocol/Unavailable"

/** Whether a view is up to date. Times are milliseconds of the reader's clock. */
export type FeedStatus<Failure> =
  /** Nothing has arrived yet, and nothing was remembered. */
  | { readonly _tag: "Opening" }
  /** Everything the server had said is in the view. */
  | { readonly _tag: "Live" }
  /** What is held may be old: the connection is away, or the feed catches up. */
  | { readonly _tag: "Behind" }
  /** The server asked for patience; it is asked again at `untilMillis`. */
  | { readonly _tag: "Held"; readonly by: Weather; readonly untilMillis: number }
  /** Final: this feed ends here. The view is what was last known. */
  | { readonly _tag: "Failed"; readonly error: Failure }

/** A view and how far it can be trusted. */
export interface FeedState<View, Failure> {
  readonly view: View
  readonly status: FeedStatus<Failure>
}
