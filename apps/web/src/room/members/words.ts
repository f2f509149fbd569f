// What the dialog about the members of a room says; it is loaded on demand, and its words with it.
import type { RoomRole } from "@messenger/protocol/Rights"

const count = (n: number, one: string, many: string): string => (n === 1 ? one : `${n.toLocaleString("en")} ${many}`)

/** The words of the dialog, and of invitations wherever they are made. */
export const words = {
  title: (room: string) => `Members of #${room}`,
  rolesTitle: (room: string) => `Roles in #${room}`,
  hint: "This room is private: it exists for its members alone.",
  rolesHint: "Everybody can read and write here. Moderators and owners keep order.",
  roles: { member: "Member", moderator: "Moderator", owner: "Owner" } satisfies Record<RoomRole, string>,
  role: "Role in this room",
  nobody: "Nobody has a role here yet.",
  more: "Show more",
  actionsFor: (name: string) => `Change ${name}`,
  isNow: (name: string, role: string) => `${name} is now ${role.toLowerCase()}.`,

  add: {
    label: "Add by username, or the name of an app",
    roleLabel: "Make a moderator, by username or the name of an app",
    submit: "Add",
    done: (name: string) => `${name} was added.`,
    missing: "Please enter a username, or the name of an app."
  },

  remove: {
    action: "Remove from the room",
    title: (name: string) => `Remove ${name}?`,
    text: "The room is gone from all of their devices at once. What they wrote stays.",
    submit: "Remove",
    done: (name: string) => `${name} was removed.`
  },

  leave: {
    action: "Leave this room",
    title: (room: string) => `Leave #${room}?`,
    text: "You see nothing of it any more, until somebody adds you again. What you wrote stays.",
    submit: "Leave"
  },

  export: {
    title: "Export",
    hint: "Everything that was written here, as a file to keep. That you took it is in the audit log.",
    page: "Download as a page",
    json: "Download as JSON"
  },

  invitations: {
    title: "Invitation links",
    roomHint: "Whoever opens such a link becomes a member.",
    serverHint: "Whoever opens such a link may register here.",
    days: "Good for",
    inDays: (days: number) => count(days, "1 day", "days"),
    uses: "For how many",
    people: (uses: number | null) => (uses === null ? "Anybody who has it" : count(uses, "1 person", "people")),
    make: "Make a link",
    made: "This link is shown only now. Copy it and send it to whom you invite.",
    none: "There is no link that still works.",
    by: (name: string, when: string) => `By ${name}, ${when}`,
    until: (when: string) => `good until ${when}`,
    left: (uses: number | null) =>
      uses === null ? "for anybody" : `for ${count(uses, "1 more person", "more people")}`,
    revoke: "Revoke",
    revokeOf: (name: string, when: string) => `Revoke the link that ${name} made ${when}`,
    revokeTitle: "Revoke this link?",
    revokeText: "Whoever opens it from now on is not let in. Who came in by it stays.",
    revoked: "The link works no more."
  },

  secret: {
    copy: "Copy",
    copied: "Copied",
    label: "To be copied now"
  }
} as const
