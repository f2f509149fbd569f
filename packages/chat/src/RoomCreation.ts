// How a room comes to be: its name becomes its link, unless it is private, and whoever made it owns it.
import { randomBytes } from "node:crypto"
import { NameInvalid } from "@messenger/protocol/Account"
import { RoomId, RoomNameTaken, Slug, slugOf, TooManyRooms } from "@messenger/protocol/Room"
import { nameIssue, normalizeName } from "@messenger/protocol/Text"
import { Rooms as RoomTable } from "@messenger/storage/Rooms"
import { Effect, Option } from "effect"
import { Access } from "./Access.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Directory } from "./Directory.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import type { Rooms } from "./Rooms.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** `Rooms.create` over the tables of this server. */
export const make = Effect.gen(function* () {
  const table = yield* RoomTable
  const directory = yield* Directory
  const members = yield* MemberDirectory
  const access = yield* Access
  const audit = yield* Audit
  const limits = yield* ChatLimits
  const buckets = new TokenBuckets<string>(limits.rooms)

  const create: Rooms["Service"]["create"] = Effect.fn("Rooms.create")(function* (asker, { name: raw, isPrivate }) {
    yield* access.onServer(asker, isPrivate ? "rooms.createPrivate" : "rooms.create")
    const name = normalizeName(raw)
    const reason = nameIssue(name)
    if (reason !== undefined) return yield* new NameInvalid({ reason })
    const owner = asker.user.id
    const at = yield* take(buckets, owner)
    const made = yield* whenAway(table.madeBy(owner))
    if (made >= limits.roomsPerAccount) return yield* new TooManyRooms({ limit: limits.roomsPerAccount })
    const id = RoomId.make(randomBytes(9).toString("base64url"))
    const row = { id, slug: slugFor(name, isPrivate), name, topic: "", isPrivate, createdBy: Option.some(owner), at }
    return yield* Effect.gen(function* () {
      const outcome = yield* whenAway(table.create(row))
      if (outcome._tag === "SlugTaken") return yield* new RoomNameTaken({ roomId: outcome.room.id })
      // The owner first: whoever is told of a private room must be found in it.
      members.set(id, owner, "owner")
      directory.add({ room: outcome.room, lastMessage: 0 })
      const { address } = asker
      yield* audit.record({
        action: "RoomCreated",
        actor: owner,
        room: id,
        address,
        detail: isPrivate ? "private" : ""
      })
      return outcome.room
    }).pipe(Effect.uninterruptible)
  })
  return create
})

// A name may have nothing that a link can be made of, such as an emoji alone. The link of a private room is never one that is taken:
// being told so would tell strangers what private rooms are called.
const slugFor = (name: string, isPrivate: boolean): Slug => {
  const wished = slugOf(name) || "room"
  const suffix = randomBytes(isPrivate ? 8 : 4).toString("hex")
  return Slug.make(isPrivate || slugOf(name) === "" ? `${wished}-${suffix}` : wished)
}
