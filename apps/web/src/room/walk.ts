// The conversation is one stop of the Tab key; inside it the arrow keys walk from message to message.

/** Moves the focus to the message above or below the one that has it, or to the newest in sight. */
export const moveFocus = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("li")]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const target = at === -1 ? lastInSight(rows, event.currentTarget) : rows[event.key === "ArrowUp" ? at - 1 : at + 1]
  if (target === undefined) return
  event.preventDefault()
  target.focus({ preventScroll: true })
  target.scrollIntoView({ block: "nearest" })
}

const lastInSight = (rows: ReadonlyArray<HTMLElement>, frame: HTMLElement): HTMLElement | undefined => {
  const { bottom } = frame.getBoundingClientRect()
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1)
}
