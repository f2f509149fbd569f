// What an entry of the audit log says, in a sentence. Names stand apart from the words around them: they may be written from right
// to left, and are what the eye looks for.
import type { AuditAction, AuditEntry } from "@messenger/protocol/Audit"

/** A name within a sentence. */
export interface Name {
  readonly name: string
}

/** A sentence: words, and names among them. */
export type Sentence = ReadonlyArray<string | Name>

/** Who and what an entry is about, each with a name for when there is none. */
interface Said {
  /** Who did it. */
  readonly actor: Name
  /** To whom. */
  readonly subject: Name
  readonly room: Name
  readonly detail: string
  /** Whether it came with nobody who did it: by the command line, or before somebody was known. */
  readonly isByNobody: boolean
  readonly isAboutSomebody: boolean
  /** Whether somebody did it to themselves. */
  readonly isOwn: boolean
  readonly isInRoom: boolean
}

const line = (words: TemplateStringsArray, ...names: ReadonlyArray<Name>): Sentence =>
  words.flatMap((word, index) => {
    const name = names[index]
    return [...(word === "" ? [] : [word]), ...(name === undefined ? [] : [name])]
  })

// One sentence per act: a new one fails the type check here until it has its own.
const sentences: { readonly [Action in AuditAction]: (said: Said) => Sentence } = {
  GuestEntered: ({ actor }) => line`${actor} came in as a guest.`,
  Registered: ({ actor }) => line`${actor} registered.`,
  LoggedIn: ({ actor }) => line`${actor} logged in.`,
  LoginFailed: ({ actor, subject, isByNobody, isAboutSomebody }) => {
    if (!isByNobody) return line`${actor} was asked for their password and gave a wrong one.`
    return isAboutSomebody
      ? line`Somebody tried to log in as ${subject} and failed.`
      : line`Somebody tried to log in to an account that does not exist.`
  },
  LoggedOut: ({ actor }) => line`${actor} logged out.`,
  SessionRevoked: ({ actor }) => line`${actor} logged out one of their devices.`,
  SessionsRevoked: ({ actor }) => line`${actor} logged out all of their other devices.`,
  PasswordChanged: ({ actor }) => line`${actor} changed their password.`,
  PasswordReset: ({ actor }) => line`${actor} chose a new password by a link.`,
  EmailChanged: ({ actor }) => line`${actor} changed their email address.`,
  NameChanged: ({ actor }) => line`${actor} changed their name.`,
  AccountDeleted: ({ actor }) => line`${actor} deleted their account.`,
  ServerClaimed: ({ actor }) => line`${actor} became an owner by the link for that.`,
  RoleChanged: ({ actor, subject, detail }) => line`${actor} gave ${subject} the role ${{ name: detail }}.`,
  Deactivated: ({ actor, subject }) => line`${actor} deactivated ${subject}.`,
  Reactivated: ({ actor, subject }) => line`${actor} activated ${subject} again.`,
  SignedOutEverywhere: ({ actor, subject }) => line`${actor} signed out ${subject} everywhere.`,
  ResetLinkMade: ({ actor, subject, isByNobody }) =>
    isByNobody
      ? line`A link to a new password for ${subject} was made from the command line.`
      : line`${actor} made a link to a new password for ${subject}.`,
  OwnerLinkMade: () => line`A link to become an owner was made.`,
  InviteMade: ({ actor, room, isInRoom }) =>
    isInRoom ? line`${actor} made an invitation to ${room}.` : line`${actor} made an invitation to this server.`,
  InviteRevoked: ({ actor, room, isInRoom }) =>
    isInRoom ? line`${actor} revoked an invitation to ${room}.` : line`${actor} revoked an invitation to this server.`,
  InviteUsed: ({ actor, room, isInRoom }) =>
    isInRoom ? line`${actor} used an invitation to ${room}.` : line`${actor} used an invitation to this server.`,
  ServiceAccountMade: ({ actor, subject }) => line`${actor} added the app ${subject}.`,
  TokenMade: ({ actor, subject, detail }) =>
    line`${actor} made a token for ${subject} with the scope ${{ name: detail }}.`,
  TokenRevoked: ({ actor, subject }) => line`${actor} revoked a token of ${subject}.`,
  RoomCreated: ({ actor, room, detail }) =>
    detail === "private" ? line`${actor} made the private room ${room}.` : line`${actor} made the room ${room}.`,
  MemberAdded: ({ actor, subject, room, isOwn }) =>
    isOwn ? line`${actor} became a member of ${room}.` : line`${actor} added ${subject} to ${room}.`,
  MemberRemoved: ({ actor, subject, room }) => line`${actor} removed ${subject} from ${room}.`,
  MemberLeft: ({ actor, room }) => line`${actor} left ${room}.`,
  RoomRoleChanged: ({ actor, subject, room, detail }) =>
    line`${actor} gave ${subject} the role ${{ name: detail }} in ${room}.`,
  MessageModerated: ({ actor, subject, room }) => line`${actor} deleted a message by ${subject} in ${room}.`,
  // The detail is an incoming webhook's name, or the host that an outgoing one calls.
  WebhookMade: ({ actor, room, detail }) => line`${actor} made the webhook ${{ name: detail }} in ${room}.`,
  WebhookRemoved: ({ actor, room, detail }) => line`${actor} removed the webhook ${{ name: detail }} from ${room}.`,
  RoomExported: ({ room, actor, isByNobody, detail }) =>
    isByNobody
      ? line`The conversation of ${room} was exported as ${{ name: detail }} from the command line.`
      : line`${actor} exported the conversation of ${room} as ${{ name: detail }}.`
}

/** The sentence for an entry; `roomName` knows the rooms that the reader sees. */
export const sentenceFor = (entry: AuditEntry, roomName: (room: NonNullable<AuditEntry["room"]>) => string): Sentence =>
  sentences[entry.action]({
    actor: { name: entry.actor?.name ?? "Somebody" },
    subject: { name: entry.subject?.name ?? "somebody" },
    room: { name: entry.room === null ? "a room" : roomName(entry.room) },
    detail: entry.detail,
    isByNobody: entry.actor === null,
    isAboutSomebody: entry.subject !== null,
    isOwn: entry.actor !== null && entry.actor.id === entry.subject?.id,
    isInRoom: entry.room !== null
  })
