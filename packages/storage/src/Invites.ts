// Links into the server or into a room, for a time and a number of uses. Only the hash of a token is kept.
import type { User, UserId } from "@messenger/protocol/Account"
import type { InviteId } from "@messenger/protocol/Link"
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Effect, Layer, Option, Result } from "effect"
import { asWeather, asWeatherOnce, Database } from "./Database.ts"
import { decodeInvites } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { userColumns } from "./internal/rows.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A link to be kept. `roomId` is null for the server, `uses` for any number; times are UTC milliseconds. */
export interface NewInvite {
  readonly id: InviteId
  readonly tokenHash: string
  readonly roomId: RoomId | null
  readonly createdBy: UserId
  readonly at: number
  readonly expiresAt: number
  readonly uses: number | null
}

/** A link without its token. */
export interface InviteRow {
  readonly id: InviteId
  readonly roomId: RoomId | null
  readonly createdBy: User
  readonly createdAt: number
  readonly expiresAt: number
  readonly usesLeft: number | null
}

export class Invites extends Context.Service<
  Invites,
  {
    readonly create: (invite: NewInvite) => Effect.Effect<void, DatabaseAway>
    /** The link of that token, if it may still be used at `now`. */
    readonly find: (tokenHash: string, now: number) => Effect.Effect<Option.Option<InviteRow>, DatabaseAway>
    /**
     * Uses it up by one, in one step, however many ask at once; `None` when it may not be used. One that was repeated because its
     * answer was lost may use it up by two, and so refuse the last.
     */
    readonly use: (tokenHash: string, now: number) => Effect.Effect<Option.Option<InviteRow>, DatabaseAway>
    /** Gives one use back: what it was used for did not come about. Never repeated by itself, and never to be: it would give back two. */
    readonly giveBack: (id: InviteId) => Effect.Effect<void, DatabaseAway>
    /** The links into a room, or into the server, that may be used at `now`, the newest first. */
    readonly list: (roomId: RoomId | null, now: number) => Effect.Effect<ReadonlyArray<InviteRow>, DatabaseAway>
    /** Answers whether there was one, of that room or of the server. */
    readonly revoke: (roomId: RoomId | null, id: InviteId) => Effect.Effect<boolean, DatabaseAway>
    /** Deletes what cannot be used any more; answers how many. */
    readonly removeExpired: (now: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/Invites") {
  static readonly layer: Layer.Layer<Invites, never, Database> = Layer.effect(
    Invites,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, together }: Database["Service"]): Invites["Service"] => {
  const columns = reads.literal(
    `i.id, i.room_id, i.created_by AS author_id, ${userColumns}, i.created_at, i.expires_at, i.uses_left`
  )
  const into = (roomId: RoomId | null) => (roomId === null ? writes`room_id IS NULL` : writes`room_id = ${roomId}`)
  return {
    create: Effect.fn("Invites.create")(({ id, tokenHash, roomId, createdBy, at, expiresAt, uses }) =>
      writes`
        INSERT INTO invites (id, token_hash, room_id, created_by, created_at, expires_at, uses, uses_left)
        VALUES (${id}, ${tokenHash}, ${roomId}, ${createdBy}, ${at}, ${expiresAt}, ${uses}, ${uses})
        ON CONFLICT (id) DO NOTHING`.pipe(Effect.asVoid, asWeather("Invites.create"))
    ),
    find: Effect.fn("Invites.find")((tokenHash, now) =>
      reads<Row>`
        SELECT ${columns} FROM invites i JOIN accounts a ON a.id = i.created_by
        WHERE i.token_hash = ${tokenHash} AND i.expires_at > ${now} AND (i.uses_left IS NULL OR i.uses_left > 0)`.pipe(
        asWeather("Invites.find"),
        Effect.flatMap(decodeInvites),
        Effect.map(([invite]) => Option.fromUndefinedOr(invite))
      )
    ),
    use: Effect.fn("Invites.use")(function* (tokenHash, now) {
      const outcome = yield* together([
        {
          statement: writes`
            UPDATE invites SET uses_left = uses_left - 1
            WHERE token_hash = ${tokenHash} AND expires_at > ${now} AND (uses_left IS NULL OR uses_left > 0)
            RETURNING id`,
          orElse: "None"
        },
        {
          statement: writes`
            SELECT ${columns} FROM invites i JOIN accounts a ON a.id = i.created_by WHERE i.token_hash = ${tokenHash}`
        }
      ]).pipe(asWeather("Invites.use"))
      const [invite] = yield* decodeInvites(Result.isSuccess(outcome) ? (outcome.success[1] ?? []) : [])
      return Option.fromUndefinedOr(invite)
    }),
    giveBack: Effect.fn("Invites.giveBack")((id) =>
      writes`UPDATE invites SET uses_left = uses_left + 1 WHERE id = ${id} AND uses_left < uses`.pipe(
        Effect.asVoid,
        asWeatherOnce("Invites.giveBack")
      )
    ),
    list: Effect.fn("Invites.list")((roomId, now) =>
      reads<Row>`
        SELECT ${columns} FROM invites i JOIN accounts a ON a.id = i.created_by
        WHERE ${into(roomId)} AND i.expires_at > ${now} AND (i.uses_left IS NULL OR i.uses_left > 0)
        ORDER BY i.created_at DESC, i.id`.pipe(asWeather("Invites.list"), Effect.flatMap(decodeInvites))
    ),
    revoke: Effect.fn("Invites.revoke")((roomId, id) =>
      writes`DELETE FROM invites WHERE id = ${id} AND ${into(roomId)} RETURNING id`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("Invites.revoke")
      )
    ),
    removeExpired: Effect.fn("Invites.removeExpired")((now) =>
      writes`DELETE FROM invites WHERE expires_at <= ${now} OR uses_left = 0 RETURNING id`.pipe(
        Effect.map((rows) => rows.length),
        asWeather("Invites.removeExpired")
      )
    )
  }
}
