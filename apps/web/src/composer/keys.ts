// What a key in the composer means.

/** The parts of a keyboard event that decide. */
export interface KeyPress {
  readonly key: string
  readonly keyCode: number
  readonly shiftKey: boolean
  readonly isComposing: boolean
}

/**
 * Whether a key press sends the message: Enter does, with Shift it breaks the line, on a touch keyboard (which has no Shift
 * held down) it always breaks it. An Enter that ends an input method's composition never sends; Safari reports that one after
 * the composition has ended, as key code 229.
 */
export const isSend = ({ key, keyCode, shiftKey, isComposing }: KeyPress, isTouch: boolean): boolean =>
  key === "Enter" && !shiftKey && !isTouch && !isComposing && keyCode !== 229

/** Whether a key press takes up one's last message again: the arrow upwards does, in a composer in which nothing is written. */
export const isEditLast = (
  press: KeyPress & Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey">,
  text: string
): boolean =>
  press.key === "ArrowUp" &&
  text === "" &&
  !(press.shiftKey || press.altKey || press.ctrlKey || press.metaKey || press.isComposing)
