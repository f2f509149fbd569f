// Where a drill makes a room fail. By default nothing does.
import type { RoomId } from "@messenger/protocol/Room"
import { Context } from "effect"

/** Called in the turn of a room with the texts it is about to number; throwing is a crash of that room. */
export const Faults = Context.Reference<{
  readonly beforeNumbering: (roomId: RoomId, texts: ReadonlyArray<string>) => void
}>("@messenger/chat/Faults", { defaultValue: () => ({ beforeNumbering: () => undefined }) })
