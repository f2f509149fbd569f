// What comes in, cut into what fits a message: at the ends of lines, and where a line is longer than a message may be.
import * as Limits from "@messenger/protocol/Limits"

/** Something to post, and the line it comes from, counted from 1. */
export interface Piece {
  readonly line: number
  readonly text: string
}

/** Cuts text that arrives in chunks. No more than a message is kept of a line that does not end. */
export const cutter = () => {
  // What has arrived of the line that has not ended, and its number.
  let rest = ""
  let line = 1

  const take = (chunk: string): ReadonlyArray<Piece> => {
    const lines = (rest + chunk).split("\n")
    const last = lines.pop() ?? ""
    const pieces = lines.flatMap((text) => piecesOf(text, line++))
    const cut = piecesOf(last, line)
    rest = cut.length > 1 ? (cut.at(-1)?.text ?? "") : last
    return [...pieces, ...cut.slice(0, -1)]
  }

  return {
    take,
    /** What is left when nothing more comes. */
    end: (): ReadonlyArray<Piece> => piecesOf(rest, line)
  }
}

// Nothing can be posted of a line of spaces.
const piecesOf = (text: string, line: number): ReadonlyArray<Piece> => {
  if (text.trim() === "") return []
  const points = text.length > Limits.maxMessageCodePoints ? Array.from(text) : []
  if (points.length <= Limits.maxMessageCodePoints) return [{ line, text }]
  const pieces: Array<Piece> = []
  for (let from = 0; from < points.length; from += Limits.maxMessageCodePoints) {
    const piece = points.slice(from, from + Limits.maxMessageCodePoints).join("")
    if (piece.trim() !== "") pieces.push({ line, text: piece })
  }
  return pieces
}
