import { UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import { ClientKey } from "@messenger/protocol/Message"
import type { Alias, Message } from "@messenger/protocol/Message"
import { RoomId, Slug } from "@messenger/protocol/Room"
import type { Room } from "@messenger/protocol/Room"

const user = (id: string, name: string, isGuest = false): User => ({ id: UserId.make(id), name, isGuest })

/** Those who talk in the imagined rooms. */
export const ada = user("u-ada", "Ada Linden", true)
export const heron = user("u-heron", "Heron", true)
export const kim = user("u-kim", "Kim Juniper")
export const dara = user("u-dara", "Dara Rowan")
export const mio = user("u-mio", "Mio Hazel", true)

/** Programs that talk. */
export const deploys: User = { ...user("u-deploys", "Deploys"), isApp: true }
export const backups: User = { ...user("u-backups", "Backups"), isApp: true }
export const hook: User = { ...user("u-hook", "GitHub"), isApp: true }

/** A room called `name`. */
export const roomNamed = (name: string, topic = ""): Room => ({
  id: RoomId.make(`r-${name}`),
  slug: Slug.make(name),
  name,
  topic,
  isPrivate: false,
  change: 1
})

/** Names the log of a room. */
export const logOf = (room: Room) => LogId.make(`log-${room.slug}`)

/** What `author` said as message `number`. */
export const said = (number: number, author: User, at: number, text: string): Message => ({
  number,
  change: number,
  author,
  key: ClientKey.make(`key-${String(number).padStart(8, "0")}`),
  state: "Present",
  text,
  at,
  editedAt: null
})

/** What a webhook said as message `number`, under a name of its own choice. */
export const saidAs = (alias: Alias, number: number, author: User, at: number, text: string): Message => ({
  ...said(number, author, at, text),
  alias
})
