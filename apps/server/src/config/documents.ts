// The table of settings in words: `docs/configuration.md` and `.env.example`, which are made from it and never by hand.
import { groups } from "./groups.ts"
import { occasions } from "./otherVariables.ts"
import type { Setting } from "./Setting.ts"

/** The whole of `docs/configuration.md`. */
export const document = (): string =>
  [
    "# Configuration",
    "",
    "<!-- Made by npm run docs:settings from the table of settings; a test holds both equal. -->",
    "",
    "Everything that can be set about a server is in this list, which `npm start -- --help` prints in short. Nothing has to be set: `npm start` serves this machine.",
    "",
    "## Where settings come from",
    "",
    "- From the **environment**, and from a file **`.env`** in the folder that the server is started in. Where both name a setting, the environment wins.",
    "- [`.env.example`](../.env.example) has them all, each a comment with its default: copied to `.env` it changes nothing, and a line takes effect when its `#` goes.",
    "- A setting that is **empty** is as good as absent: it has its default. Spaces around a value do not count.",
    "- In `.env` a value with `#`, spaces, quotes or `$` stands in single quotes: `DATABASE_PASSWORD='a # and a $'`. Read so by Node, by systemd (`EnvironmentFile=`) and by Docker Compose.",
    "- Settings are read **once, at the start**: to change one, change it and restart the server. Clients come back by themselves.",
    "- A value that a setting cannot have ends the start with a sentence that names the setting. A name that looks like one of these, but is none (`DATABSE_URL`), is warned of.",
    "- **Secrets** are never printed, neither in the log nor in a refusal. `.env` should be readable by the server's user alone: `chmod 600 .env`.",
    "- `npm run messenger` and the other commands for operators read the same settings in the same way: run them in the same folder.",
    "",
    ...groups.flatMap(({ title, settings, notes }) =>
      [[`## ${title}`, ""], settings.flatMap(entry), spaced(notes)].flat()
    ),
    "## Variables that are no settings of the server",
    "",
    "Read from the environment alone, not from `.env`, by the programs around the server.",
    "",
    ...occasions.flatMap(({ title, variables }) =>
      [[`**${title}**`, ""], variables.map(({ name, about }) => `- \`${name}\`: ${about}`), ""].flat()
    )
  ].join("\n")

const entry = ({ name, about, expects, unit, fallback, isSecret }: Setting<unknown>): ReadonlyArray<string> => [
  `### ${name}`,
  "",
  about,
  "",
  `- Is ${expects}.`,
  `- Unit: ${unit}.`,
  `- Default: ${fallback === "" ? "not set" : `\`${fallback}\``}.`,
  ...(isSecret ? ["- A secret."] : []),
  ""
]

const spaced = (paragraphs: ReadonlyArray<string>) => paragraphs.flatMap((paragraph) => [paragraph, ""])

/** The whole of `.env.example`: comments alone, so that a copy of it sets nothing. */
export const example = (): string =>
  [
    "# Settings of Messenger. Copied to .env this file changes nothing: take the # from the lines that you want to set.",
    "# A value with #, spaces, quotes or $ stands in single quotes. The environment wins over this file; a change needs a restart.",
    "# What each means in full: docs/configuration.md",
    "",
    ...groups.flatMap(({ title, settings }) => [[`# --- ${title} ---`, ""], settings.flatMap(line)].flat())
  ].join("\n")

const line = ({ name, about, unit, fallback, isSecret }: Setting<unknown>): ReadonlyArray<string> => [
  `# ${about}`,
  `# ${isSecret ? "A secret. " : ""}Unit: ${unit}.`,
  `#${name}=${fallback}`,
  ""
]
