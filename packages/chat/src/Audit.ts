// Writes down who did what that matters to security. What is recorded has happened already, so a log that cannot be written undoes
// nothing: the entry goes to the server's own log then, without the address.
import type { UserId } from "@messenger/protocol/Account"
import type { AuditAction } from "@messenger/protocol/Audit"
import type { RoomId } from "@messenger/protocol/Room"
import { AuditLog } from "@messenger/storage/AuditLog"
import { Clock, Context, Effect, Layer } from "effect"

/** What happened. `detail` is a word or two and never a secret. */
export interface Happening {
  readonly action: AuditAction
  /** Who did it; absent when nobody was logged in, or the server itself did. */
  readonly actor?: UserId | undefined
  /** To whom. */
  readonly subject?: UserId | undefined
  readonly room?: RoomId
  readonly detail?: string
  readonly address?: string
}

export class Audit extends Context.Service<
  Audit,
  {
    /** Appends the entries in order; never fails. */
    readonly record: (...happenings: ReadonlyArray<Happening>) => Effect.Effect<void>
  }
>()("@messenger/chat/Audit") {
  static readonly layer = Layer.effect(
    Audit,
    Effect.gen(function* () {
      const log = yield* AuditLog
      return Audit.of({
        record: Effect.fn("Audit.record")(function* (...happenings) {
          const at = yield* Clock.currentTimeMillis
          const entries = happenings.map(({ action, actor, subject, room, detail, address }) => ({
            at,
            action,
            actor: actor ?? null,
            subject: subject ?? null,
            room: room ?? null,
            detail: detail ?? "",
            address: address ?? null
          }))
          yield* log
            .append(entries)
            .pipe(
              Effect.catch((error) =>
                Effect.logError("The audit log could not be written").pipe(
                  Effect.annotateLogs({ actions: happenings.map(({ action }) => action), operation: error.operation })
                )
              )
            )
        }, Effect.uninterruptible)
      })
    })
  )
}
