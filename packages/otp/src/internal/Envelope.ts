/** A command on its way into a mailbox, with the call it belongs to, if any. */
import { Letter } from "../Mailbox.ts"
import type { OpenCall } from "./Reply.ts"

export class Envelope<Command, Failure> extends Letter<Envelope<Command, Failure>> {
  readonly command: Command
  readonly key: string | undefined
  readonly call: OpenCall<Failure> | undefined
  /** Set while the sender of a cast waits for room: told whether the command got in. */
  private sender: ((isAdmitted: boolean) => void) | undefined

  constructor(
    command: Command,
    key: string | undefined,
    call: OpenCall<Failure> | undefined,
    sentAt: number,
    sender?: (isAdmitted: boolean) => void
  ) {
    super(sentAt)
    this.command = command
    this.key = key
    this.call = call
    this.sender = sender
  }

  admitted(): void {
    this.tellSender(true)
  }

  /** It will not be taken: the caller is told why, a sender that waits for room that it got none. */
  refuse(failure: Failure): void {
    this.call?.abort(failure)
    this.tellSender(false)
  }

  private tellSender(isAdmitted: boolean): void {
    const sender = this.sender
    this.sender = undefined
    sender?.(isAdmitted)
  }
}
