// How long a text is, and what is said about it beside the field.
import { composerCountsFromCodePoints, maxMessageCodePoints } from "@messenger/protocol/Limits"
import { codePoints } from "@messenger/protocol/Text"
import { createMemo } from "solid-js"
import type { Accessor } from "solid-js"
import { texts } from "../texts.ts"

/** What a text that is being written is measured by. */
export interface Count {
  readonly isTooLong: Accessor<boolean>
  /** How many characters are left, or are too many, once that is near. */
  readonly remark: Accessor<string | undefined>
}

/** Counts a text, for as long as the owner lives. */
export const createCount = (text: Accessor<string>): Count => {
  // Two code units a code point at the most, so a short text needs no counting.
  const length = createMemo(() => (text().length < composerCountsFromCodePoints ? 0 : codePoints(text().trim())))
  const left = () => maxMessageCodePoints - length()
  const isTooLong = createMemo(() => left() < 0)
  return {
    isTooLong,
    remark: () => {
      if (length() < composerCountsFromCodePoints) return undefined
      return isTooLong() ? texts.composer.over(-left()) : texts.composer.left(left())
    }
  }
}

/** Makes a field as high as what is written in it; its style sets the most. */
export const grow = (field: HTMLTextAreaElement): void => {
  field.style.setProperty("height", "auto")
  field.style.setProperty("height", `${field.scrollHeight}px`)
}
