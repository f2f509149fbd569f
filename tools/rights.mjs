// Writes docs/rights.md from the contract.
import { writeFileSync } from "node:fs"
import { document } from "../packages/protocol/src/RightsTable.ts"

writeFileSync(new URL("../docs/rights.md", import.meta.url), document())
