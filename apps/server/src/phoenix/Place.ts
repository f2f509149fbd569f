// A cursor as Phoenix clients carry it: one opaque string, which they give back when they join again.
import { type Cursor, LogId } from "@messenger/protocol/Cursor"
import { Option, Schema } from "effect"

/** The string of a cursor. */
export const format = ({ log, number }: Cursor): string => `${log}.${number}`

/** The cursor of a string that `format` made. */
export const parse = (text: string): Option.Option<Cursor> => {
  const [, log, number] = /^([A-Za-z0-9_-]{1,40})\.(\d{1,15})$/.exec(text) ?? []
  return Option.map(decodeLog(log), (id) => ({ log: id, number: Number(number) }))
}

const decodeLog = Schema.decodeUnknownOption(LogId)
