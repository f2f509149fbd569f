// What a request meets when nobody answers.
import { Schema } from "effect"

/** No answer: no network, no server, or something in between that answered in its place. Try again later. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", { cause: Schema.Defect() }) {}
