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
