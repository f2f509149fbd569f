/** What can go wrong when children come and go at run time. */
import { Schema } from "effect"

/** There is a child with this id already. */
export class AlreadyStarted extends Schema.TaggedError<AlreadyStarted>()("AlreadyStarted", { id: Schema.String }) {
  override get message(): string {
    return `there is a child ${this.id} already`
  }
}

/** A child failed to start; it is not kept. */
export class StartFailed extends Schema.TaggedError<StartFailed>()("StartFailed", {
  id: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.id} did not start: ${this.reason}`
  }
}

/** There is no child with this id. */
export class ChildNotFound extends Schema.TaggedError<ChildNotFound>()("ChildNotFound", { id: Schema.String }) {
  override get message(): string {
    return `there is no child ${this.id}`
  }
}

/** The supervisor that should start it does not run itself. */
export class SupervisorStopped extends Schema.TaggedError<SupervisorStopped>()("SupervisorStopped", {
  id: Schema.String
}) {
  override get message(): string {
    return `the supervisor ${this.id} does not run`
  }
}
