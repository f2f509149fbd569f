// What messenger-backup.service does after a backup: of the backups, and of what was put aside before a migration or a restore, those
// of the last fourteen days are kept.
import { readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"

const keptMillis = 14 * 24 * 60 * 60 * 1_000

// As the server has it: an empty setting is none.
const folder = join(process.env.DATA_DIR || "data", "backups")
for (const name of readdirSync(folder)) {
  // Each may have its key beside it. What somebody else put here is theirs.
  if (!/^messenger-.*\.db(\.key)?$/.test(name)) continue
  const file = join(folder, name)
  if (statSync(file).mtimeMs < Date.now() - keptMillis) rmSync(file)
}
