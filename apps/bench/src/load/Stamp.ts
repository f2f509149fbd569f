// When a message was sent, written into its text so that whoever receives it can tell without decoding the frame. The clock is the
// machine's monotonic one, which all processes on it share.

const mark = "~t"
const markBytes = Buffer.from(mark)
const digits = 15

/** The monotonic clock, in microseconds. */
export const nowMicros = (): number => Number(process.hrtime.bigint() / 1_000n)

/** A text of typical length that says when it was sent. */
export const stamped = (micros: number): string =>
  `A message of a typical length, as people write them, sent at ${mark}${String(micros).padStart(digits, "0")}`

/** Calls `visit` with the time of every message in a frame, and answers how many there were. */
export const readStamps = (frame: Buffer, visit: (micros: number) => void): number => {
  let count = 0
  let at = frame.indexOf(markBytes)
  while (at !== -1) {
    count++
    visit(readDigits(frame, at + mark.length))
    at = frame.indexOf(markBytes, at + mark.length + digits)
  }
  return count
}

const readDigits = (frame: Buffer, from: number): number => {
  let value = 0
  for (let at = from; at < from + digits; at++) value = value * 10 + (frame[at] ?? 48) - 48
  return value
}
