/** What a caller of an actor can be told instead of an answer. Every `path` is the actor's place in the supervision tree. */
import { Schema } from "effect"

/**
 * The actor is gone for good: stopped, or never to be started again. The command was *not* taken. A reference from a registry looks up
 * again by itself before it says so.
 */
export class ActorStopped extends Schema.TaggedError<ActorStopped>()("ActorStopped", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.path} does not run: ${this.reason}`
  }
}

/**
 * The incarnation that had taken the call ended before it answered, usually by a crash; whether the command had an effect is unknown.
 * Safe to repeat (at most three times, with backoff) when the command carries a key.
 */
export class ActorCrashed extends Schema.TaggedError<ActorCrashed>()("ActorCrashed", {
  path: Schema.String,
  incarnation: Schema.Number,
  reason: Schema.String
}) {
  override get message(): string {
    return `incarnation ${this.incarnation} of ${this.path} ended before it answered: ${this.reason}`
  }
}

/** No answer within the time. The command may still be handled: a call that was not yet taken is withdrawn, one that was taken is not. */
export class CallTimeout extends Schema.TaggedError<CallTimeout>()("CallTimeout", {
  path: Schema.String,
  timeoutMillis: Schema.Number
}) {
  override get message(): string {
    return `${this.path} did not answer within ${this.timeoutMillis} ms`
  }
}

/** A command with this key was alone in a turn that crashed. Final: repeating it is refused without being tried. */
export class CommandRejected extends Schema.TaggedError<CommandRejected>()("CommandRejected", {
  path: Schema.String,
  key: Schema.String
}) {
  override get message(): string {
    return `${this.path} refuses commands with the key ${this.key}: one of them crashed it`
  }
}

/** The bounded mailbox has no room, and the sender would not wait. */
export class MailboxFull extends Schema.TaggedError<MailboxFull>()("MailboxFull", {
  path: Schema.String,
  capacity: Schema.Number
}) {
  override get message(): string {
    return `the mailbox of ${this.path} is full (${this.capacity})`
  }
}

/** The actor of this key failed more often than its restart intensity allows: look-ups are refused for a while. */
export class Quarantined extends Schema.TaggedError<Quarantined>()("Quarantined", {
  key: Schema.String,
  retryAfterMillis: Schema.Finite,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.key} is quarantined for ${this.retryAfterMillis} ms: ${this.reason}`
  }
}
