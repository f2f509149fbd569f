// What may be asked about who belongs to a room, handed on as it came.
import { Members } from "@messenger/chat/Members"
import { MemberRpcs } from "@messenger/protocol/MemberRpcs"
import { Effect } from "effect"
import { asAsker } from "./Authentication.ts"

export const memberHandlersLayer = MemberRpcs.toLayer(
  Effect.map(Members, (members) => ({
    ListMembers: ({ roomId, after }) => asAsker((asker) => members.list(asker, roomId, after)),
    AddMember: ({ roomId, person }) => asAsker((asker) => members.add(asker, roomId, person)),
    SetMemberRole: ({ roomId, userId, role }) => asAsker((asker) => members.setRole(asker, roomId, userId, role)),
    RemoveMember: ({ roomId, userId }) => asAsker((asker) => members.remove(asker, roomId, userId)),
    LeaveRoom: ({ roomId }) => asAsker((asker) => members.leave(asker, roomId)),
    InviteToRoom: ({ roomId, ...terms }) => asAsker((asker) => members.invite(asker, roomId, terms)),
    ListRoomInvites: ({ roomId }) => asAsker((asker) => members.invites(asker, roomId)),
    RevokeRoomInvite: ({ roomId, id }) => asAsker((asker) => members.revokeInvite(asker, roomId, id))
  }))
)
