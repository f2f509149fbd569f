// What the errors of a bot say to whoever reads them in a log: one sentence on what happened, and one on what to do. Those of the
// contract are in the table that HTTP answers from; here is what else there is, and what means something else to a bot.
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { HttpError, problemOf } from "@messenger/protocol/rest/Problems"
import { Schema } from "effect"
import { SessionEnded } from "./ConnectionState.ts"
import { Undeliverable } from "./OutboxEntry.ts"
import { Unreachable } from "./Unreachable.ts"
import { WebSocketMissing } from "./WebSocketMissing.ts"

/**
 * Gives an error of a bot of `server` the sentence as its `message`, and answers the same error. What has a message already, and
 * what is no error, stays as it is.
 */
export const worded =
  (server: string) =>
  <E>(error: E): E => {
    if (!(error instanceof Error) || error.message !== "") return error
    const message = sentenceOf(error, server)
    Object.defineProperty(error, "message", { value: message, configurable: true, writable: true })
    // Its frames are those of whatever decoded an answer, and its first line was made without the sentence.
    error.stack = `${error.name}: ${message}`
    return error
  }

const sentenceOf = (error: Error, server: string): string => {
  if (error instanceof Unreachable) {
    return `No Messenger server answers at ${server}. See that the address is right and the server runs, then try again.`
  }
  if (error instanceof Unauthenticated) {
    return `The server at ${server} does not know who this is. Give a token that is valid, and was not revoked, as \`bearer\`.`
  }
  if (error instanceof SessionEnded)
    return `The session, or its token, is over (${error.end}). ${afterwards[error.end]}`
  if (error instanceof Undeliverable) return `The server failed at this message again and again. Post it anew later.`
  if (error instanceof WebSocketMissing) return "There is no WebSocket here. A bot needs Node 22 or newer."
  if (isOfContract(error)) {
    const { title, detail } = problemOf(error)
    return `${title}. ${detail}`
  }
  return `The server refused this: ${error.name}.`
}

const isOfContract = Schema.is(HttpError)

const afterwards: { readonly [End in SessionEnded["end"]]: string } = {
  SignedOut: "Connect again with another.",
  Revoked: "Connect again with another.",
  Expired: "Connect again with another.",
  Deactivated: "The account was deactivated; ask those who run the server.",
  Deleted: "The account was deleted.",
  Renewed: "There is a new session; connect again with that."
}
