import type { FeedStatus } from "@messenger/client/FeedState"
import type { Messenger, RoomHandle, RoomRefusal } from "@messenger/client/Messenger"
import type { RoomId } from "@messenger/protocol/Room"
import type { RoomView } from "@messenger/protocol/RoomView"
import { createMemo, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"
import { fromReadable } from "./fromReadable.ts"

/** A room that is open on this screen. */
export interface OpenRoom {
  readonly handle: RoomHandle
  readonly view: Accessor<RoomView>
  readonly status: Accessor<FeedStatus<RoomRefusal>>
  readonly isLoadingOlder: Accessor<boolean>
}

/** Follows a room for as long as the owner lives; the person is present in it meanwhile. */
export const createRoom = (messenger: Messenger, roomId: RoomId): OpenRoom => {
  const handle = messenger.openRoom(roomId)
  onCleanup(handle.close)
  const feed = fromReadable(handle.feed)
  return {
    handle,
    view: createMemo(() => feed().view),
    status: createMemo(() => feed().status),
    isLoadingOlder: fromReadable(handle.isLoadingOlder)
  }
}
