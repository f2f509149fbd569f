// Administration of a server that holds all connections itself.
import { AuditLog } from "@messenger/storage/AuditLog"
import { Effect, Layer } from "effect"
import { Administration } from "./Administration.ts"
import { AccountTelling } from "./AccountTelling.ts"
import * as Admission from "./Admission.ts"
import type { Admit } from "./Admission.ts"
import { Confirmation } from "./Confirmation.ts"
import { Invitations } from "./Invitations.ts"
import { NewSessions } from "./NewSessions.ts"
import * as Ownership from "./Ownership.ts"
import * as PeopleAdministration from "./PeopleAdministration.ts"
import * as ServiceAccounts from "./ServiceAccounts.ts"
import { whenAway } from "./Weather.ts"

/** How many entries of the audit log one page holds. */
const auditPage = 100

const makeLinks = Effect.fnUntraced(function* (admit: Admit) {
  const invitations = yield* Invitations
  return {
    inviteToServer: Effect.fn("Administration.inviteToServer")((asker, terms) =>
      Effect.andThen(admit(asker, "invites.manage"), invitations.make(asker, null, terms))
    ),
    serverInvites: Effect.fn("Administration.serverInvites")((asker) =>
      Effect.andThen(admit(asker, "invites.manage"), invitations.list(null))
    ),
    revokeServerInvite: Effect.fn("Administration.revokeServerInvite")((asker, id) =>
      Effect.andThen(admit(asker, "invites.manage"), invitations.revoke(asker, null, id))
    )
  } satisfies Partial<Administration["Service"]>
})

const makeReading = Effect.fnUntraced(function* (admit: Admit) {
  const log = yield* AuditLog
  return {
    readAudit: Effect.fn("Administration.readAudit")((asker, before) =>
      Effect.andThen(admit(asker, "audit.read"), whenAway(log.page(before, auditPage)))
    )
  } satisfies Partial<Administration["Service"]>
})

/** The face of administration, for gateways and for the start of a server. */
export const layer = Layer.effect(
  Administration,
  Effect.gen(function* () {
    const admit = yield* Admission.make
    return Administration.of({
      ...(yield* PeopleAdministration.make(admit)),
      ...(yield* makeLinks(admit)),
      ...(yield* ServiceAccounts.make(admit)),
      ...(yield* makeReading(admit)),
      ...(yield* Ownership.make)
    })
  })
).pipe(Layer.provide(Layer.mergeAll(Invitations.layer, NewSessions.layer, Confirmation.layer, AccountTelling.layer)))
