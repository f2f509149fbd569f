// Writes docs/rpc.schema.json from the contract.
import { writeFileSync } from "node:fs"
import { document } from "../packages/protocol/src/CallSchemas.ts"

writeFileSync(new URL("../docs/rpc.schema.json", import.meta.url), document())
