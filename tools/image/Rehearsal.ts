// What is tried of an image: that it starts as its files say, is healthy, keeps what people write, and stops when it is asked to.
import type { ChildProcess } from "node:child_process"
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { type Built, ended } from "./Builder.ts"
import { isRoot, start } from "./Container.ts"
import type { ContainerConfig } from "./Dockerfile.ts"

/** The longest orderly stop: DRAIN_SECONDS of 10 and 45 seconds after it, and whoever stops a container grants 60. */
const graceMillis = 60_000

/** How long a container may take to be healthy. */
const startMillis = 30_000

/** Runs containers of an image, one after the other, over one volume. */
export class Rehearsal {
  readonly #image: Built
  readonly #config: ContainerConfig
  readonly #folder: string
  readonly #mounts: ReadonlyMap<string, string>
  readonly #report: (text: string) => void

  constructor(image: Built, config: ContainerConfig, folder: string, report: (text: string) => void) {
    this.#image = image
    this.#config = config
    this.#folder = folder
    this.#report = report
    this.#mounts = new Map(config.volumes.map((volume) => [volume, volumeOf(image, folder, volume)]))
  }

  /** A message that one container acknowledges is there in the next one on the same volume. */
  async run(): Promise<void> {
    const text = "Written in a container."
    const cookie = await this.#during(async (address) => {
      const cookie = await enter(address)
      await call(address, cookie, "POST", "/api/v1/rooms/lobby/messages", { text })
      this.#report("A guest wrote a message.")
      return cookie
    })
    await this.#during(async (address) => {
      const page = await call(address, cookie, "GET", "/api/v1/rooms/lobby/messages")
      if (!page.includes(text)) throw new Error(`The next container does not know the message:\n${page}`)
      this.#report("It is there in the next container on the same volume.")
      await this.#staysReadOnly()
    })
  }

  async #during<Answer>(use: (address: string) => Promise<Answer>): Promise<Answer> {
    const began = performance.now()
    // The one setting that differs from the image's own, as `docker run -e PORT=…` would: the port of here is the machine's.
    const port = await freePort()
    const container = this.#start(this.#config.command, port)
    const ending = ended(container)
    try {
      await this.#healthy(container, ending, port)
      this.#report(
        `Healthy after ${seconds(began)}, as ${isRoot ? `user ${this.#image.user}` : "the user who runs this"}.`
      )
      const answer = await use(`http://127.0.0.1:${port}`)
      await stopped(container, ending, this.#report)
      return answer
    } finally {
      container.kill("SIGKILL")
    }
  }

  #start(command: ReadonlyArray<string>, port: number): ChildProcess {
    const { files, workdir, user, environment } = this.#image
    const scratch = mkdtempSync(join(this.#folder, "container-"))
    const home: [string, string] = ["HOME", user.startsWith("0") ? "/root" : "/home/node"]
    return start({
      files,
      scratch,
      command,
      workdir,
      user,
      environment: new Map([home, ...environment, ["PORT", String(port)]]),
      isReadOnly: true,
      mounts: this.#mounts
    })
  }

  async #healthy(container: ChildProcess, ending: ReturnType<typeof ended>, port: number): Promise<void> {
    for (const until = performance.now() + startMillis; performance.now() < until;) {
      const { code } = await ended(this.#start(this.#config.healthCheck, port))
      if (code === 0) return
      if (container.exitCode !== null) break
    }
    container.kill("SIGKILL")
    throw new Error(`It was not healthy in time:\n${(await ending).output}`)
  }

  // Only its volumes and /tmp can be written.
  async #staysReadOnly(): Promise<void> {
    const tried = ["/app/x", "/app/node_modules/x", "/usr/local/bin/x", "/x", "/home/node/x"]
    const script = `for file in ${tried.join(" ")}; do ! touch $file 2>/dev/null || exit 1; done; touch /data/x /tmp/x`
    const { code, output } = await ended(this.#start(["sh", "-c", script], 0))
    if (code !== 0) throw new Error(`Something else than /data and /tmp can be written. ${output}`)
    this.#report("Only /data and /tmp can be written.")
  }
}

const stopped = async (
  container: ChildProcess,
  ending: ReturnType<typeof ended>,
  report: (text: string) => void
): Promise<void> => {
  const began = performance.now()
  container.kill("SIGTERM")
  const killed = setTimeout(() => container.kill("SIGKILL"), graceMillis)
  const { code, output } = await ending
  clearTimeout(killed)
  if (code !== 0) throw new Error(`Asked to stop, it ended with ${code}:\n${output}`)
  report(`Asked to stop, it ended with 0 after ${seconds(began)}.`)
}

// A new volume begins with what the image has at its place, owner included.
const volumeOf = ({ files }: Built, folder: string, volume: string): string => {
  const mounted = join(folder, "volumes", volume)
  mkdirSync(join(mounted, ".."), { recursive: true })
  if (existsSync(join(files, volume))) execFileSync("cp", ["-a", join(files, volume), mounted])
  else mkdirSync(mounted)
  return mounted
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

// What a browser says of a request of the page itself.
const fromOurPage = { "sec-fetch-site": "same-origin", "content-type": "application/json" }

const enter = async (address: string): Promise<string> => {
  const body = JSON.stringify({ name: "Ada" })
  const response = await fetch(`${address}/guest`, { method: "POST", headers: fromOurPage, body })
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0]
  if (cookie === undefined) throw new Error(`Nobody was let in: ${response.status} ${await response.text()}`)
  return cookie
}

const call = async (address: string, cookie: string, method: string, path: string, body?: object): Promise<string> => {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { ...fromOurPage, cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
  return text
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`
