// `npm run dev`: one address for everything. Pages come from Vite, with hot reload; what they ask for goes on to a server that
// starts anew when a file of it changes. The server listens beside the address that people use, one port above it.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer as createTcpServer } from "node:net"
import { createServer } from "vite"

if (existsSync(".env")) process.loadEnvFile(".env")

const port = Number(process.env.PORT ?? 4000)
const address = `http://localhost:${port}`
const serverPort = port + 1
process.env.MESSENGER_SERVER = `http://127.0.0.1:${serverPort}`

// Looked at before anything runs: a server that talks to another program's pages helps nobody.
const isFree = (wanted) =>
  new Promise((resolve) => {
    const probe = createTcpServer()
    probe.once("error", () => resolve(false))
    probe.listen(wanted, "127.0.0.1", () => probe.close(() => resolve(true)))
  })
for (const wanted of [port, serverPort]) {
  if (await isFree(wanted)) continue
  console.error(
    `Port ${wanted} is in use by another program: set PORT to a port that is free, and whose next one is too.`
  )
  process.exit(1)
}

const server = spawn(process.execPath, ["--watch", "--watch-preserve-output", "apps/server/src/main.ts"], {
  stdio: ["ignore", "inherit", "inherit"],
  // The pages' origin is Vite's address, and the server must know it as its own.
  env: { ...process.env, PORT: String(serverPort), HOST: "127.0.0.1", PUBLIC_URL: process.env.PUBLIC_URL ?? address }
})

const pages = await createServer({
  configFile: "apps/web/vite.config.ts",
  server: { port, strictPort: true, host: process.env.HOST ?? "localhost" }
}).then((vite) => vite.listen())

// The server gives its database back before this ends, so that the next one need not wait for it; Vite would end at once.
let isStopping = false
process.removeAllListeners("SIGTERM")
const stop = async () => {
  isStopping = true
  server.kill("SIGTERM")
  await pages.close()
}
process.on("SIGINT", stop)
process.on("SIGTERM", stop)
server.on("exit", (code) => process.exit(isStopping ? 0 : (code ?? 1)))
