// The conversation of a room as a file, for those who may take it away. It streams: what is not read is not fetched, and what is
// fetched is written and forgotten.
import type { UserId } from "@messenger/protocol/Account"
import type { Forbidden } from "@messenger/protocol/Rights"
import { RoomNotFound, slugOf } from "@messenger/protocol/Room"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { ExportFormat } from "@messenger/protocol/RoomExport"
import { RateLimited } from "@messenger/protocol/Unavailable"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { LogPages } from "@messenger/storage/MessageLog"
import { Clock, Context, Effect, Layer } from "effect"
import type { Scope, Stream } from "effect"
import { Access } from "./Access.ts"
import { Audit } from "./Audit.ts"
import type { Happening } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import * as Conversation from "./Conversation.ts"
import { Directory } from "./Directory.ts"
import { exportHtml, policy } from "./ExportHtml.ts"
import { exportJson } from "./ExportJson.ts"
import type { Asker } from "./Rooms.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"

/** An export under way; the asker's place is taken until the scope closes. */
export interface Export {
  /** A name for the file: letters and digits of any script, hyphens, and an ending. */
  readonly fileName: string
  /** Whoever shows it says this with it. */
  readonly mediaType: string
  /** What its pages allow a browser (CSP), where it is one that a browser shows. */
  readonly policy: string | undefined
  /** Ends in a failure when the asker may not read on, or the database is away for too long: what was told then is no whole export. */
  readonly text: Stream.Stream<string, RoomNotFound | Forbidden | StorageUnavailable>
}

export class Exports extends Context.Service<
  Exports,
  {
    /** Begins one; recorded in the audit log. `RateLimited` also while as many are under way as one may have. The right is asked for again with each page. */
    readonly open: (
      asker: Asker,
      roomId: RoomId,
      format: ExportFormat
    ) => Effect.Effect<Export, RoomNotFound | Forbidden | RateLimited | StorageUnavailable, Scope.Scope>
    /** By whoever has the database itself, who may read it all; recorded as by nobody. */
    readonly openAsOperator: (
      idOrSlug: string,
      format: ExportFormat
    ) => Effect.Effect<Export, RoomNotFound | StorageUnavailable>
  }
>()("@messenger/chat/Exports") {
  static readonly layer = Layer.effect(
    Exports,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const access = yield* Access
  const audit = yield* Audit
  const directory = yield* Directory
  const log = yield* LogPages
  const limits = yield* ChatLimits
  const begun = new TokenBuckets<UserId>(limits.exports)
  const places = new Places(limits.exportsAtOnce)

  const opened = Effect.fnUntraced(function* <Refusal>(
    room: Room,
    format: ExportFormat,
    admit: Effect.Effect<void, Refusal>,
    who: Pick<Happening, "actor" | "address">
  ) {
    const at = yield* Clock.currentTimeMillis
    const { head, pages } = yield* Conversation.read(log, room.id, admit)
    yield* audit.record({ action: "RoomExported", room: room.id, detail: format, ...who })
    const { mediaType, render, policy } = formats[format]
    return { fileName: fileNameOf(room, at, format), mediaType, policy, text: render({ room, head, at }, pages) }
  })

  return Exports.of({
    open: Effect.fn("Exports.open")(function* (asker, roomId, format) {
      const { room } = yield* access.inRoom(asker, roomId, "room.export")
      yield* places.take(asker.user.id)
      yield* take(begun, asker.user.id)
      const admit = Effect.asVoid(access.inRoom(asker, roomId, "room.export"))
      return yield* opened(room, format, admit, { actor: asker.user.id, address: asker.address })
    }),
    openAsOperator: Effect.fn("Exports.openAsOperator")(function* (idOrSlug, format) {
      const listing = directory.find(idOrSlug)
      if (listing === undefined) return yield* new RoomNotFound()
      return yield* opened(listing.room, format, Effect.void, {})
    })
  })
})

const formats = {
  json: { mediaType: "application/json", policy: undefined, render: exportJson },
  html: { mediaType: "text/html; charset=utf-8", policy, render: exportHtml }
} as const

// The slug of a private room ends in what nobody can guess; its name is enough for those who have the file.
const fileNameOf = (room: Room, at: number, format: ExportFormat): string => {
  const name = slugOf(room.name)
  return `${name === "" ? room.id : name}-${new Date(at).toISOString().slice(0, 10)}.${format}`
}

/** When it is worth another try, in milliseconds: a room of 50,000 messages takes a few seconds. */
const retryAfterMillis = 5_000

/** How many exports each account has under way. */
class Places {
  readonly #taken = new Map<UserId, number>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a place until the scope closes. */
  take(userId: UserId): Effect.Effect<void, RateLimited, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.suspend(() => {
        const taken = this.#taken.get(userId) ?? 0
        if (taken >= this.#limit) return Effect.fail(new RateLimited({ retryAfterMillis }))
        this.#taken.set(userId, taken + 1)
        return Effect.void
      }),
      () =>
        Effect.sync(() => {
          const left = (this.#taken.get(userId) ?? 1) - 1
          if (left === 0) this.#taken.delete(userId)
          else this.#taken.set(userId, left)
        })
    )
  }
}
