// The product as people run it: a server process on a data folder of its own, and a wire to it that can be cut.
import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, createServer } from "node:net"
import type { AddressInfo, Server as NetServer, Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { promisify } from "node:util"

const root = join(import.meta.dirname, "../../../..")

/** A server process that can be killed and started again on the same data. */
export class Server {
  readonly port: number
  private readonly dataDir: string
  private readonly environment: Record<string, string>
  private child: ChildProcess | undefined

  private output = ""

  private constructor(port: number, dataDir: string, environment: Record<string, string>) {
    this.port = port
    this.dataDir = dataDir
    this.environment = environment
  }

  static async start(environment: Record<string, string> = {}): Promise<Server> {
    const dataDir = await mkdtemp(join(tmpdir(), "messenger-e2e-"))
    const server = new Server(await freePort(), dataDir, environment)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ["apps/server/src/main.ts"], {
      cwd: root,
      env: this.env(),
      stdio: ["ignore", "pipe", "pipe"]
    })
    this.output = ""
    child.stdout.on("data", (chunk: Buffer) => (this.output += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (this.output += chunk.toString()))
    this.child = child
    const deadline = Date.now() + 20_000
    while (!(await isReady(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start: ${this.output}`)
      await pause(50)
    }
  }

  /** Ends the process: SIGKILL as a crash does, SIGTERM as a deploy does. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<number | null> {
    const child = this.child
    if (child === undefined || child.exitCode !== null) return null
    const code = new Promise<number | null>((resolve) => child.once("exit", resolve))
    child.kill(signal)
    return code
  }

  /** The link to ownership that the server prints when it runs. */
  async ownerLink(): Promise<string> {
    const deadline = Date.now() + 5_000
    while (Date.now() < deadline) {
      const link = /^http\S+\/claim#\S+$/m.exec(this.output)?.[0]
      if (link !== undefined) return link
      await pause(20)
    }
    throw new Error("no link to ownership was printed")
  }

  /** The address that people use. */
  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** The link that a command beside the server makes and prints: `reset-link USER`, `owner-link`. */
  async link(...command: ReadonlyArray<string>): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ["apps/server/src/cli/messenger.ts", ...command], {
      cwd: root,
      env: this.env()
    })
    const link = /^http\S+$/m.exec(stdout)?.[0]
    if (link === undefined) throw new Error(`there is no link in what was printed`)
    return link
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.dataDir, { recursive: true, force: true })
  }

  private env(): Record<string, string | undefined> {
    return { PATH: process.env.PATH, PORT: String(this.port), DATA_DIR: this.dataDir, ...this.environment }
  }
}

/** Every connection between a browser and a server goes through here, and can be cut. */
export class Wire {
  private readonly sockets = new Set<Socket>()
  private readonly server: NetServer
  private isCut = false
  private isCutForSockets = false

  private constructor(server: NetServer) {
    this.server = server
  }

  static async to(port: number): Promise<Wire> {
    const server = createServer()
    const wire = new Wire(server)
    server.on("connection", (socket) => wire.carry(socket, port))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return wire
  }

  get port(): number {
    return addressOf(this.server).port
  }

  /** Nothing gets through, and what was open is gone. */
  cut(): void {
    this.isCut = true
    for (const socket of this.sockets) socket.destroy()
  }

  /** Pages load, but no WebSocket opens, and those that were open are gone. */
  cutSockets(): void {
    this.isCutForSockets = true
    for (const socket of this.sockets) socket.destroy()
  }

  heal(): void {
    this.isCut = false
    this.isCutForSockets = false
  }

  close(): void {
    this.cut()
    this.server.close()
  }

  private carry(near: Socket, port: number): void {
    near.on("error", () => near.destroy())
    if (this.isCut) return void near.destroy()
    this.sockets.add(near)
    near.once("close", () => this.sockets.delete(near))
    near.once("data", (head: Buffer) => {
      const isUpgrade = /^upgrade: *websocket/im.test(head.toString("latin1"))
      if (isUpgrade && this.isCutForSockets) return near.destroy()
      const far = connect(port, "127.0.0.1")
      far.on("error", () => near.destroy())
      near.once("close", () => far.destroy())
      far.write(head)
      return far.pipe(near) && near.pipe(far)
    })
  }
}

const freePort = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve))
  const { port } = addressOf(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const addressOf = (server: NetServer): AddressInfo => {
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the wire does not listen")
  return address
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false
  )
