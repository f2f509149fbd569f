import { mergeConfig } from "vite"
import product from "../../vite.config.ts"

// The screens on made-up data: `npx vite --config apps/web/test/preview/vite.config.ts`, then /?scene=conversation.
export default mergeConfig(product, {
  root: import.meta.dirname,
  publicDir: "../../public",
  server: { fs: { strict: false } },
  build: { outDir: "dist" }
})
