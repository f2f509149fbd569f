// Writes docs/configuration.md and .env.example from the table of settings.
import { writeFileSync } from "node:fs"
import { document, example } from "../apps/server/src/config/documents.ts"

writeFileSync(new URL("../docs/configuration.md", import.meta.url), document())
writeFileSync(new URL("../.env.example", import.meta.url), example())
