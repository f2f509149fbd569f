// A command run in the files of an image and in no others: a mount namespace of its own, whose root is what the stage has; the
// part of a base image that is not ours (/usr, /etc and the libraries) is the machine's own, read-only.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** What is run, and as what. */
export interface Run {
  /** The folder that holds the files of the stage. */
  readonly files: string
  /** A folder for what the run itself needs outside of them. */
  readonly scratch: string
  readonly command: ReadonlyArray<string>
  readonly workdir: string
  /** All of the environment. */
  readonly environment: ReadonlyMap<string, string>
  /** `uid:gid`. Only who runs this as root can be somebody else. */
  readonly user: string
  /** Whether the files of the stage can be written. */
  readonly isReadOnly: boolean
  /** Folders of this machine, by where they are seen; these can be written. */
  readonly mounts: ReadonlyMap<string, string>
}

/** Whether this process may be anybody: the root of a user's own namespace may be nobody else. */
export const isRoot =
  process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295$/m.test(readFileSync("/proc/self/uid_map", "utf8"))

/** Starts a command; a signal to the process reaches the command itself. */
export const start = (run: Run): ChildProcess => {
  const root = join(run.scratch, "root")
  mkdirSync(root, { recursive: true })
  const script = join(run.scratch, "enter.sh")
  writeFileSync(script, scriptOf(run, root))
  const namespaces = isRoot ? ["--mount"] : ["--user", "--map-root-user", "--mount"]
  return spawn("unshare", [...namespaces, "sh", script], { stdio: ["ignore", "pipe", "pipe"] })
}

/** The folders of this machine that stand for those of the base image. */
export const systemFolders: ReadonlyArray<string> = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "etc"]

const scriptOf = ({ files, command, workdir, environment, user, isReadOnly, mounts }: Run, root: string): string => {
  const option = isReadOnly ? " -o ro" : ""
  const lines = [
    "set -e",
    `mount --bind${option} ${quote(files)} ${quote(root)}`,
    `cd ${quote(root)}`,
    ...systemFolders.map(
      (name) => `if [ -d ${name} ] && [ ! -L ${name} ]; then mount --bind -o ro /${name} ${name}; fi`
    ),
    `mount --bind${option} ${quote(join(files, "usr/local"))} usr/local`,
    "mount --rbind /dev dev",
    "mount --rbind /proc proc",
    "mount -t tmpfs -o mode=1777 tmp tmp",
    ...[...mounts].flatMap(([inside, outside]) => [
      `[ -d ${quote(`.${inside}`)} ] || mkdir -p ${quote(`.${inside}`)}`,
      `mount --bind ${quote(outside)} ${quote(`.${inside}`)}`
    ]),
    `exec env -i ${[...environment].map(([name, value]) => quote(`${name}=${value}`)).join(" ")} chroot . ${asUser(user)} sh -c ${quote('cd "$0" && exec "$@"')} ${[workdir, ...command].map(quote).join(" ")}`
  ]
  return `${lines.join("\n")}\n`
}

const asUser = (user: string): string => {
  const [uid = "0", gid = uid] = user.split(":")
  return isRoot && uid !== "0"
    ? `setpriv --reuid ${uid} --regid ${gid} --clear-groups --bounding-set=-all --no-new-privs`
    : ""
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
