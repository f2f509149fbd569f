// What others write, for a terminal: a terminal obeys control characters, so that a message could move the cursor, set the title,
// or show its words in another order than they stand. They are shown and not obeyed.

// Controls (Cc), format characters such as those of writing direction (Cf), separators of lines and paragraphs, halves of characters,
// and what has no meaning to others. Two format characters belong to writing: joiners, in emoji and in Persian words.
const invisible = /(?![\u{200c}\u{200d}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu

/** The text on one line, with everything that a terminal could obey made visible. */
export const visible = (text: string): string =>
  text.replace(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0
    const named = names.get(character)
    if (named !== undefined) return named
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`
  })

/** The same for text of several lines: those after the first are indented, so that none can pass for a message of its own. */
export const visibleLines = (text: string): string => text.split("\n").map(visible).join(`\n${indent}`)

const indent = " ".repeat(6)

const names = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "    "],
  ["\u{1b}", "\\e"]
])
