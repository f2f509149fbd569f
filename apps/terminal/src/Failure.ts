// How the program ends when it cannot go on: with one sentence, and a code by which a script can tell what to do.
import type { ConnectError, RoomError } from "@messenger/client/BotClient"
import type { OutboxRefusal } from "@messenger/client/OutboxEntry"
import type { MessageInvalid } from "@messenger/protocol/Message"
import { contractVersion } from "@messenger/protocol/Handshake"
import { Schema } from "effect"

/** The codes that it ends with. 0 is well, and so is to be told to leave; 1 is a bug. */
export const exitCode = {
  usage: 2,
  unreachable: 3,
  noSuchRoom: 4,
  notAdmitted: 5,
  upgradeRequired: 6,
  refusedLines: 7,
  /** It had to leave before the server had all that was read; as a shell says of who ends by SIGINT. */
  cutOff: 130
} as const

/** What whoever started the program is told. */
export class Failure extends Schema.TaggedError<Failure>()("Failure", { code: Schema.Int, sentence: Schema.String }) {}

/** What a failure is told of. */
export interface Told {
  readonly server: string
  readonly room: string
  readonly name: string
}

/** The ending that an error deserves. */
export const failureOf = (error: ConnectError | RoomError, { server, room, name }: Told): Failure => {
  const ending = (code: number, sentence: string) => new Failure({ code, sentence })
  switch (error._tag) {
    case "Unreachable":
      return ending(exitCode.unreachable, `No Messenger server answers at ${server}.`)
    case "StorageUnavailable":
    case "RateLimited":
      return ending(
        exitCode.unreachable,
        `The server at ${server} asks to come back in ${Math.ceil(error.retryAfterMillis / 1_000)} s.`
      )
    case "RoomNotFound":
      return ending(exitCode.noSuchRoom, `There is no room ${JSON.stringify(room)} here, or none that you may see.`)
    case "Unauthenticated":
      return ending(exitCode.notAdmitted, "The server does not know this token: was it revoked?")
    case "SessionEnded":
      return ending(exitCode.notAdmitted, `The server has ended this session: ${error.end}.`)
    case "Forbidden":
      return ending(exitCode.notAdmitted, "This account, or its token, may not do that.")
    case "NameTaken":
      return ending(exitCode.notAdmitted, `Somebody is called ${JSON.stringify(name)} already: choose another --name.`)
    case "NameInvalid":
      return ending(exitCode.notAdmitted, `Nobody can be called ${JSON.stringify(name)}: choose another --name.`)
    case "GuestsRefused":
      return ending(
        exitCode.notAdmitted,
        "This server takes no guests: give a token by --token-file or MESSENGER_TOKEN."
      )
    case "UpgradeRequired":
      return ending(
        exitCode.upgradeRequired,
        `The server speaks version ${error.serverContract} of the contract and this program ${contractVersion}: install the other version of it.`
      )
    default:
      return ending(exitCode.notAdmitted, `The server does not let you in: ${error._tag}.`)
  }
}

/** Why a line was not taken, as the end of a sentence. */
export const reasonOf = (refusal: MessageInvalid | OutboxRefusal): string => {
  if (refusal._tag !== "MessageInvalid") return refusal._tag
  switch (refusal.reason) {
    case "Empty":
      return "it is empty"
    case "TooLong":
      return `it is longer than ${refusal.limit} characters`
    case "ForbiddenCharacters":
      return "it holds control characters"
  }
}
