// How somebody asks again, who was refused for want of a flag.

/**
 * The end of a sentence that names the flag to add. npm keeps flags for itself that do not stand behind `--`, so whoever came by an
 * npm script is told the whole line to type: that script, and the arguments that it takes.
 */
export const again = (flag: string, script: string, args: ReadonlyArray<string> = []): string =>
  process.env["npm_lifecycle_script"]?.includes("cli/messenger.ts") === true
    ? `type "npm run ${script} -- ${[...args.map(quoted), flag].join(" ")}".`
    : `add ${flag}.`

const quoted = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
