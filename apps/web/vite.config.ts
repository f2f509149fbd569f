import tailwind from "@tailwindcss/vite"
import { defineConfig } from "vite"
import type { HtmlTagDescriptor, Plugin } from "vite"
import solid from "vite-plugin-solid"
import { budget } from "./budget.ts"

// The server's policy allows no style attribute in markup, so the compiler sets every style from script.
const compiler = { omitLastClosingTag: true, inlineStyles: false }

/** Asks for the font of the interface together with the stylesheet, not after it: the first paint has its real widths. */
const preloadFont: Plugin = {
  name: "preload-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle }): Array<HtmlTagDescriptor> =>
      Object.keys(bundle ?? {})
        .filter((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: "" },
          injectTo: "head"
        }))
  }
}

const server = process.env.MESSENGER_SERVER ?? "http://localhost:4000"

const pagesFromHere = ({ method }: { readonly method?: string | undefined }) =>
  method === "GET" ? "/index.html" : undefined

export default defineConfig({
  root: import.meta.dirname,
  // Beside all other modules, so that nothing is ever written between the sources.
  cacheDir: "../../node_modules/.vite",
  plugins: [solid({ solid: compiler }), tailwind(), preloadFont, budget],
  build: {
    target: "baseline-widely-available",
    // Every browser of that baseline preloads modules by itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What changes with an upgrade only, apart from what changes with every deploy: browsers keep it.
        codeSplitting: {
          groups: [
            { name: "foundation", test: /node_modules\/(effect|solid-js|@tanstack|idb)\// },
            // In one file, however many of the later parts use some of it: each file more compresses worse.
            { name: "first", tags: ["$initial"] }
          ]
        }
      }
    }
  },
  server: {
    // `npm run dev`: pages come from here with hot reload, everything else from the running server.
    proxy: {
      "/rpc": { target: server, ws: true },
      "/socket": { target: server, ws: true },
      "/guest": server,
      "/session": server,
      "/logout": server,
      "/api": server,
      "/hooks": server,
      "/docs": server,
      "/openapi.json": server,
      "/healthz": server,
      "/readyz": server,
      // Marked as passed on: to the server everybody looks local here, and who is local reads it without a token.
      "/metrics": { target: server, xfwd: true },
      // To be asked for they are pages.
      "/login": { target: server, bypass: pagesFromHere },
      "/register": { target: server, bypass: pagesFromHere }
    }
  }
})
