// Where no bot can run.
import { Schema } from "effect"

/** The runtime has no `WebSocket`: Node has had one since version 22. */
export class WebSocketMissing extends Schema.TaggedError<WebSocketMissing>()("WebSocketMissing", {}) {}
