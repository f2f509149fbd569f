// Where a drill makes a room fail. By default nothing does.
import type { RoomId } from "@messenger/protocol/Room"
import { Context } from "effect"

/** Called in the turn of a room with the texts it is about to number; throwing is a crash of that room. */
export interface Faults {
  readonly beforeNumbering: (roomId: RoomId, texts: ReadonlyArray<string>) => void
}

/** No faults. */
export const none: Faults = { beforeNumbering: () => undefined }

/** The faults in force. */
export const Faults = Context.Reference<Faults>("@messenger/chat/Faults", { defaultValue: () => none })
