// Who comes without a token is a guest, and the same one in the next run: its session is kept on this machine, for whoever runs this
// and nobody else. Without that every run would leave one more guest among the people.
import { read, replace } from "@messenger/client/DurableFile"
import * as SessionClient from "@messenger/client/SessionClient"
import type { Unreachable } from "@messenger/client/Unreachable"
import type { SessionError } from "@messenger/protocol/Session"
import { Effect, Schema } from "effect"
import { createHash } from "node:crypto"
import { mkdir } from "node:fs/promises"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"
import { note } from "./Terminal.ts"

/** The file of a session could not be read or written. */
class FileBroken extends Schema.TaggedError<FileBroken>()("FileBroken", { cause: Schema.Defect() }) {}

/**
 * The cookie of the guest of that name, as `BotOptions` takes it: of the session that is kept here, or of a new guest when there is
 * none or the server does not know it any more. Where it cannot be kept, that is said and this run goes on.
 */
export const cookieOf = Effect.fnUntraced(function* (
  server: string,
  name: string
): Effect.fn.Return<string | undefined, SessionError | Unreachable> {
  const folder = sessionsFolder()
  const file = join(folder, createHash("sha256").update(`${server}\n${name}`).digest("hex"))
  const kept = yield* Effect.tryPromise({ try: () => read(file), catch: (cause) => new FileBroken({ cause }) }).pipe(
    Effect.catch(sayThatItIsNotKept)
  )
  const headers = { origin: server, ...(kept === undefined ? {} : { cookie: kept }) }
  const { cookie = kept } = yield* SessionClient.make({ server, headers }).enter(name)
  if (cookie === undefined || cookie === kept) return cookie
  yield* Effect.tryPromise({
    try: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await replace(file, cookie)
    },
    catch: (cause) => new FileBroken({ cause })
  }).pipe(Effect.catch(sayThatItIsNotKept))
  return cookie
})

const sayThatItIsNotKept = ({ cause }: FileBroken) =>
  Effect.as(note(`The next run will be another guest: ${String(cause)}.`), undefined)

// By the XDG Base Directory Specification, in which a path that is not absolute counts as none.
const sessionsFolder = () => {
  const state = process.env["XDG_STATE_HOME"] ?? ""
  return join(isAbsolute(state) ? state : join(homedir(), ".local", "state"), "messenger")
}
