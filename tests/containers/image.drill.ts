import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { root } from "./Compose.ts"

// Where a user may make no mount namespace, the image is what a container engine makes of it, and nothing is rehearsed, unless
// REHEARSAL says that it must be: then this fails.
const namespaces = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"]
const isPossible = spawnSync("unshare", [...namespaces, "true"]).status === 0

/** What our files may add to the image of Node, in millions of bytes: twice of what they did at first. */
const budget = 50

describe.runIf(isPossible || process.env.REHEARSAL === "required")(
  "the image, by the steps of its own Dockerfile",
  () => {
    it("is built, runs on a read-only root as nobody special, keeps a message over a restart, and stops when asked", () => {
      const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "image:rehearse"], {
        cwd: root,
        encoding: "utf8"
      })
      // What went wrong is said on either.
      expect(stdout + stderr).toContain("The image was rehearsed in")
      expect(status).toBe(0)
      expect(stdout.match(/Asked to stop, it ended with 0/g)).toHaveLength(2)
      expect(stdout).toContain("It is there in the next container on the same volume.")
      expect(stdout).toContain("Only /data and /tmp can be written.")
      const [, size] = /(\S+) MB {2}in all/.exec(stdout) ?? []
      expect(Number(size)).toBeLessThan(budget)
      console.log(stdout.slice(stdout.indexOf("What the image adds")))
    })
  }
)
