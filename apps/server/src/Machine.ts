// What a server can know of the machine that it runs on.
import { existsSync } from "node:fs"
import { networkInterfaces } from "node:os"

/** The machine as others on its network see it. */
export interface Machine {
  /** Its IPv4 addresses but loopback. */
  readonly addresses: ReadonlyArray<string>
  /** Whether it is a container, whose addresses are seldom those that people reach it by. */
  readonly isContainer: boolean
}

// Docker and Podman each leave a file of this name at the root of a container.
const marks = ["/.dockerenv", "/run/.containerenv"]

/** This machine, as it is now. */
export const thisMachine = (): Machine => ({
  addresses: Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address)
  ),
  isContainer: marks.some((mark) => existsSync(mark))
})
