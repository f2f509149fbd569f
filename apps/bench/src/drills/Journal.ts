// Where the clients of a drill write down what happens to them, while it happens.
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import type { Followed, Seen, Written } from "./Evidence.ts"

/** A message on its way, to be answered. */
export class Writing implements Written {
  readonly roomId: string
  readonly author: string
  readonly key: string
  readonly text: string
  readonly answers: Array<number | string> = []

  constructor(written: Omit<Written, "answers">) {
    this.roomId = written.roomId
    this.author = written.author
    this.key = written.key
    this.text = written.text
  }
}

/** One follow over all of its openings; it resumes from the cursor kept here. */
export class Following implements Followed {
  readonly follower: string
  readonly roomId: string
  readonly told: Array<Seen> = []
  readonly resets: Array<string> = []
  /** Every epoch it was told, in order; a new one for each owner the room has had. */
  readonly epochs: Array<number> = []
  /** How often it was let go of. */
  interruptions = 0
  cursor: Cursor | undefined
  from = 0

  constructor(follower: string, roomId: string) {
    this.follower = follower
    this.roomId = roomId
  }

  /** Writes down one frame. */
  take(frame: RoomFrame): void {
    switch (frame._tag) {
      case "Hello":
        if (this.epochs.at(-1) !== frame.epoch) this.epochs.push(frame.epoch)
        return
      case "Snapshot":
        if (this.cursor === undefined) this.from = frame.cursor.number
        else this.resets.push("Snapshot")
        this.cursor = frame.cursor
        return
      case "Reset":
        this.resets.push(frame.reason)
        this.cursor = frame.cursor
        return
      case "Changes":
        for (const change of frame.changes) {
          if (change._tag === "MessageChanged") this.told.push(seenOf(change.message))
        }
        this.cursor = frame.cursor
        return
      case "Latest":
      case "Ephemeral":
      case "Unknown":
    }
  }
}

/** What a message looks like to the judge. */
export const seenOf = ({ number, author, key, text }: Message): Seen => ({ number, author: author.id, key, text })

/** Everything that was written down in one drill. */
export class Journal {
  readonly written: Array<Writing> = []
  readonly followed: Array<Following> = []
  /** Answers that were numbers, repeats included. */
  acknowledgements = 0
}
