// What those who run the server have decided about accounts.
import type { Registration } from "@messenger/protocol/Session"
import { Context, Option } from "effect"
import type { Redacted } from "effect"

/** The decisions; the composition root reads them from the settings. */
export interface Policy {
  /** Who may register. */
  readonly registration: Registration
  /** Whether visitors may come in by a name alone. */
  readonly allowsGuests: boolean
  /** Makes whoever knows it the owner of a server that has none. */
  readonly ownerToken: Option.Option<Redacted.Redacted>
  /** How long the audit log keeps addresses, in days. */
  readonly auditAddressDays: number
}

/** Open to all. */
export const defaults: Policy = {
  registration: "open",
  allowsGuests: true,
  ownerToken: Option.none(),
  auditAddressDays: 90
}

/** The policy in force. */
export const AccountPolicy = Context.Reference<Policy>("@messenger/chat/AccountPolicy", {
  defaultValue: () => defaults
})
