// Chat with all of its rooms, connections and accounts in this process, over the ports of storage.
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { Layer } from "effect"
import { Access } from "./Access.ts"
import * as AccountsLocal from "./AccountsLocal.ts"
import * as AdministrationLocal from "./AdministrationLocal.ts"
import { Audit } from "./Audit.ts"
import { ChatSupervisor } from "./ChatSupervisor.ts"
import { Commits } from "./Commits.ts"
import { Directory } from "./Directory.ts"
import { Exports } from "./Exports.ts"
import { InboxesLocal } from "./InboxesLocal.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import * as MembersLocal from "./MembersLocal.ts"
import { Passwords } from "./Passwords.ts"
import { People } from "./People.ts"
import { RoomsLocal } from "./RoomsLocal.ts"
import * as SessionsLocal from "./SessionsLocal.ts"
import { WebhookBells } from "./WebhookBells.ts"
import * as WebhooksLocal from "./WebhooksLocal.ts"
import { WebhookUses } from "./WebhookUses.ts"

/** What is true now, in memory; everything else asks here. */
const tables = Access.layer.pipe(
  Layer.provideMerge(People.layer),
  Layer.provideMerge(Layer.mergeAll(Directory.layer, MemberDirectory.layer, LivePrincipals.layer))
)

/** What the worker of webhooks is told by those who have something for it. */
const forWebhooks = Layer.merge(WebhookBells.layer, WebhookUses.layer)

/** What runs: the commit actor, rooms, inboxes, sessions. */
const actors = Layer.mergeAll(RoomsLocal.layer, InboxesLocal.layer, SessionsLocal.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Commits.layer, Audit.layer, Passwords.layer, LoginThrottle.layerMemory))
)

/** What gateways use. */
const faces = Layer.mergeAll(
  RoomsLocal.layerRooms,
  InboxesLocal.layerInboxes,
  MembersLocal.layer,
  AccountsLocal.layer,
  AdministrationLocal.layer,
  WebhooksLocal.layer,
  Exports.layer
)

/**
 * The whole of chat; `ChatSupervisor` and `Commits` bring what is to be put under the root. It stands on the ports of storage, and on
 * `WebhookTransport` and `SecretBox`.
 */
export const layer = Layer.mergeAll(ChatSupervisor.layer, faces).pipe(
  Layer.provideMerge(actors),
  Layer.provideMerge(tables),
  Layer.provide(forWebhooks),
  Layer.provideMerge(SupervisionTree.layer)
)

/** Administration and exports alone, for a program beside the server, over the ports that it may use. */
export const layerBeside = Layer.merge(AdministrationLocal.layer, Exports.layer).pipe(
  Layer.provide(Layer.mergeAll(SessionsLocal.layer, Audit.layer, Passwords.layer, LoginThrottle.layerMemory)),
  Layer.provide(tables)
)
