// What those who run the server may ask, handed on as it came.
import { Administration } from "@messenger/chat/Administration"
import { PeopleRpcs } from "@messenger/protocol/PeopleRpcs"
import { Effect } from "effect"
import { asAsker } from "./Authentication.ts"

export const peopleHandlersLayer = PeopleRpcs.toLayer(
  Effect.map(Administration, (administration) => ({
    ListAccounts: (query) => asAsker((asker) => administration.listAccounts(asker, query)),
    SetRole: ({ userId, role }) => asAsker((asker) => administration.setRole(asker, userId, role)),
    SetActive: ({ userId, isActive }) => asAsker((asker) => administration.setActive(asker, userId, isActive)),
    SignOutEverywhere: ({ userId }) => asAsker((asker) => administration.signOutEverywhere(asker, userId)),
    CreateResetLink: ({ userId }) => asAsker((asker) => administration.createResetLink(asker, userId)),
    InviteToServer: (terms) => asAsker((asker) => administration.inviteToServer(asker, terms)),
    ListServerInvites: () => asAsker(administration.serverInvites),
    RevokeServerInvite: ({ id }) => asAsker((asker) => administration.revokeServerInvite(asker, id)),
    ListServiceAccounts: () => asAsker(administration.serviceAccounts),
    CreateServiceAccount: ({ name }) => asAsker((asker) => administration.createServiceAccount(asker, name)),
    CreateApiToken: (token) => asAsker((asker) => administration.createApiToken(asker, token)),
    RevokeApiToken: ({ id, password }) => asAsker((asker) => administration.revokeApiToken(asker, id, password)),
    ReadAudit: ({ before }) => asAsker((asker) => administration.readAudit(asker, before))
  }))
)
