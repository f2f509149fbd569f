// Who belongs to which room, and as what. A public room has rows only for those who are more than everybody is.
import type { User, UserId } from "@messenger/protocol/Account"
import type { RoomRole } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Effect, Layer, Result } from "effect"
import { asWeather, Database, verdict } from "./Database.ts"
import { leavesARoomOwner } from "./internal/owners.ts"
import { decodeMembers, decodeMemberships } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { userColumns } from "./internal/rows.ts"
import { pauseOfMakerIn } from "./internal/webhookPause.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** One row. */
export interface MembershipRow {
  readonly roomId: RoomId
  readonly userId: UserId
  readonly role: RoomRole
}

/** Somebody in a room, as the others see them. */
export interface Member {
  readonly user: User
  readonly role: RoomRole
}

export class Memberships extends Context.Service<
  Memberships,
  {
    /** Every row there is; read once, when the server starts. */
    readonly all: Effect.Effect<ReadonlyArray<MembershipRow>, DatabaseAway>
    /**
     * Makes somebody a member, also one who was removed; answers the role they have now, which is the one they had if they were one.
     * `at` is UTC milliseconds. For a deleted account it does nothing.
     */
    readonly add: (row: MembershipRow, at: number) => Effect.Effect<RoomRole, DatabaseAway>
    /** The same for somebody who comes by themselves. `Removed`: others have removed them, and nobody has added them since. */
    readonly enter: (row: MembershipRow, at: number) => Effect.Effect<RoomRole | "Removed", DatabaseAway>
    /** Gives a member another role, or a person of a public room one; in a private room only to members (`NotFound`). `LastOwner`: the room would have none, and others are in it. */
    readonly setRole: (
      row: MembershipRow,
      at: number
    ) => Effect.Effect<"Changed" | "LastOwner" | "NotFound", DatabaseAway>
    /** Takes the row away. `LastOwner` as above. One that was repeated because its answer was lost says `NotFound`. */
    readonly remove: (
      roomId: RoomId,
      userId: UserId
    ) => Effect.Effect<"Changed" | "LastOwner" | "NotFound", DatabaseAway>
    /** As `remove`, against the member's will: their links into the room are gone, and they do not `enter` it until somebody adds them. */
    readonly expel: (
      roomId: RoomId,
      userId: UserId,
      at: number
    ) => Effect.Effect<"Changed" | "LastOwner" | "NotFound", DatabaseAway>
    /** A page of members in order of their ids. */
    readonly page: (
      roomId: RoomId,
      after: UserId | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Member>, DatabaseAway>
  }
>()("@messenger/storage/Memberships") {
  static readonly layer: Layer.Layer<Memberships, never, Database> = Layer.effect(
    Memberships,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, inTurn }: Database["Service"]): Memberships["Service"] => {
  const insert = ({ roomId, userId, role }: MembershipRow, at: number) => writes<Row>`
    INSERT INTO memberships (room_id, user_id, role, at)
    SELECT ${roomId}, id, ${role}, CAST(${at} AS BIGINT) FROM accounts WHERE id = ${userId} AND kind <> 'deleted'
    ON CONFLICT (room_id, user_id) DO UPDATE SET role = memberships.role
    RETURNING room_id, user_id, role`
  const removal = (roomId: RoomId, userId: UserId) => [
    {
      statement: writes<Row>`SELECT 1 AS found FROM memberships WHERE room_id = ${roomId} AND user_id = ${userId}`,
      orElse: "NotFound" as const
    },
    { statement: leavesARoomOwner(writes, roomId, userId), orElse: "LastOwner" as const },
    { statement: writes<Row>`DELETE FROM memberships WHERE room_id = ${roomId} AND user_id = ${userId}` },
    ...pauseOfMakerIn(writes, userId, roomId).map((statement) => ({ statement }))
  ]
  return {
    all: reads<Row>`SELECT room_id, user_id, role FROM memberships`.pipe(
      asWeather("Memberships.all"),
      Effect.flatMap(decodeMemberships),
      Effect.withSpan("Memberships.all")
    ),
    // In turn, since a deletion that runs meanwhile must find the row or leave none to make.
    add: Effect.fn("Memberships.add")(function* (row, at) {
      const outcome = yield* inTurn([
        { statement: insert(row, at) },
        { statement: writes`DELETE FROM removals WHERE room_id = ${row.roomId} AND user_id = ${row.userId}` }
      ]).pipe(asWeather("Memberships.add"))
      const [now] = yield* decodeMemberships(Result.isSuccess(outcome) ? (outcome.success[0] ?? []) : [])
      return now?.role ?? row.role
    }),
    enter: Effect.fn("Memberships.enter")(function* (row, at) {
      const outcome = yield* inTurn([
        {
          statement: writes`
          SELECT 1 AS found
          WHERE NOT EXISTS (SELECT 1 FROM removals WHERE room_id = ${row.roomId} AND user_id = ${row.userId})`,
          orElse: "Removed"
        },
        { statement: insert(row, at) }
      ]).pipe(asWeather("Memberships.enter"))
      if (Result.isFailure(outcome)) return "Removed"
      const [now] = yield* decodeMemberships(outcome.success[1] ?? [])
      return now?.role ?? row.role
    }),
    setRole: Effect.fn("Memberships.setRole")(({ roomId, userId, role }, at) =>
      inTurn([
        {
          statement: writes`
          SELECT 1 AS found FROM rooms r JOIN accounts a ON a.id = ${userId}
          WHERE r.id = ${roomId} AND a.kind NOT IN ('deleted', 'webhook') AND (
            r.is_private = 0 OR EXISTS (SELECT 1 FROM memberships WHERE room_id = r.id AND user_id = a.id)
          )`,
          orElse: "NotFound"
        },
        ...(role === "owner"
          ? []
          : [{ statement: leavesARoomOwner(writes, roomId, userId), orElse: "LastOwner" as const }]),
        {
          statement: writes`
          INSERT INTO memberships (room_id, user_id, role, at) VALUES (${roomId}, ${userId}, ${role}, ${at})
          ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role`
        }
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Memberships.setRole"))
    ),
    remove: Effect.fn("Memberships.remove")((roomId, userId) =>
      inTurn(removal(roomId, userId)).pipe(Effect.map(verdict("Changed")), asWeather("Memberships.remove"))
    ),
    expel: Effect.fn("Memberships.expel")((roomId, userId, at) =>
      inTurn([
        ...removal(roomId, userId),
        {
          statement: writes`
          INSERT INTO removals (room_id, user_id, at) VALUES (${roomId}, ${userId}, ${at})
          ON CONFLICT (room_id, user_id) DO NOTHING`
        },
        { statement: writes`DELETE FROM invites WHERE room_id = ${roomId} AND created_by = ${userId}` }
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Memberships.expel"))
    ),
    page: Effect.fn("Memberships.page")((roomId, after, limit) =>
      reads<Row>`
      SELECT m.user_id AS author_id, ${reads.literal(userColumns)}, m.role
      FROM memberships m JOIN accounts a ON a.id = m.user_id
      WHERE m.room_id = ${roomId} AND m.user_id > ${after ?? ""} ORDER BY m.user_id LIMIT ${limit}`.pipe(
        asWeather("Memberships.page"),
        Effect.flatMap(decodeMembers)
      )
    )
  }
}
