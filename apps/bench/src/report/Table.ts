// Tables for a terminal: the first column to the left, numbers to the right.

/** Lines of a table; every row has as many cells as there are headings. */
export const table = (headings: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0))
  )
  const line = (cells: ReadonlyArray<string>) =>
    widths
      .map((width, column) =>
        column === 0 ? (cells[column] ?? "").padEnd(width) : (cells[column] ?? "").padStart(width)
      )
      .join("  ")
      .trimEnd()
  const rule = widths.map((width) => "-".repeat(width)).join("  ")
  return [line(headings), rule, ...rows.map(line)].join("\n")
}

/** Thousands with a comma: 12,345. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en-GB")
