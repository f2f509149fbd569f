import type { UserId } from "@messenger/protocol/Account"
import { Effect } from "effect"
import type { AuditLog } from "../../AuditLog.ts"
import { deletedName } from "../accountRemoval.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const auditLog = (tables: Tables): AuditLog["Service"] => {
  const named = (id: UserId | null) => (id === null ? null : { id, name: tables.accounts.get(id)?.name ?? deletedName })
  const rowOf = (entry: Tables["audit"][number]) => ({
    ...entry,
    actor: named(entry.actor),
    subject: named(entry.subject)
  })
  return {
    append: (entries) =>
      Effect.sync(() => {
        for (const entry of entries) tables.audit.push({ ...entry, id: tables.audit.length + 1 })
      }),
    page: (before, limit) =>
      Effect.sync(() => {
        const older = tables.audit.filter(({ id }) => before === null || id < before).toReversed()
        const entries = older.slice(0, limit).map(rowOf)
        return { entries, hasOlder: older.length > limit }
      }),
    eraseAddresses: (before) =>
      Effect.sync(() => {
        let erased = 0
        for (const [index, entry] of tables.audit.entries()) {
          if (entry.address === null || entry.at >= before) continue
          tables.audit[index] = { ...entry, address: null }
          erased++
        }
        return erased
      })
  }
}
