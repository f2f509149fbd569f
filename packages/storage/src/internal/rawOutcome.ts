/** A row as a driver answers it. */
export type Row = Readonly<Record<string, unknown>>

/** What became of one request, its rows not decoded yet: what the writer's thread or the commit statement answers. */
export type RawOutcome =
  | { readonly _tag: "Opened"; readonly row: Row }
  | { readonly _tag: "Appended"; readonly head: number }
  | { readonly _tag: "Fenced" }
  | { readonly _tag: "KeysKnown"; readonly rows: ReadonlyArray<Row> }
  | { readonly _tag: "Refused"; readonly message: string }
  | { readonly _tag: "NoSuchRoom" }
