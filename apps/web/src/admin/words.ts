// Every word of the pages of those who run the server: apart from texts.ts, since it is loaded with these pages only.
import type { ServerTerms } from "@messenger/client/Messenger"
import type { ServerRole, TokenScope } from "@messenger/protocol/Rights"

const count = (n: number, one: string, many: string): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`

/** The words, by place. */
export const words = {
  sections: { people: "People", invitations: "Invitations", apps: "Apps", audit: "Audit log" },
  roles: { guest: "Guest", member: "Member", admin: "Admin", owner: "Owner" } satisfies Record<ServerRole, string>,
  done: "Done",
  copy: "Copy",
  copied: "Copied",

  people: {
    search: "Search by name or username",
    found: (n: number, hasMore: boolean) =>
      hasMore ? `More than ${count(n, "person", "people")}.` : `${count(n, "person", "people")}.`,
    nobody: "There is nobody of that name.",
    more: "Show more people",
    deactivated: "deactivated",
    seen: (when: string) => `Seen ${when}`,
    neverSeen: "Never seen",

    actionsFor: (name: string) => `Manage ${name}`,
    role: "Role on this server",
    isNow: (name: string, role: string) => `The role of ${name} is now: ${role}.`,
    makeOwner: {
      title: (name: string) => `Make ${name} an owner?`,
      text: "Owners may do everything here. They can take your own role from you.",
      action: "Make an owner"
    },
    makeAdmin: {
      title: (name: string) => `Make ${name} an admin?`,
      text: "Admins manage people, invitations and apps, keep order in every public room, and read the audit log.",
      action: "Make an admin"
    },
    stepDown: {
      title: "Give up being an owner?",
      text: "You cannot take it back yourself: another owner has to make you one again.",
      action: "Give it up"
    },

    resetLink: "Make a link for a new password",
    resetTitle: (name: string) => `A new password for ${name}`,
    resetText: (until: string) =>
      `Whoever opens this link chooses a new password for the account, once, until ${until}. Nobody mails it: send it yourself, and to nobody else.`,
    resetHint: "This link is shown only now.",
    resetLabel: "Link for a new password",

    signOut: {
      item: "Sign out everywhere",
      title: (name: string) => `Sign out ${name}?`,
      text: "They are logged out on all of their devices at once, and may log in again.",
      guestText: "They are logged out on all of their devices at once. A guest has no password to come back with.",
      action: "Sign out",
      done: (name: string) => `${name} is signed out everywhere.`
    },
    deactivate: {
      item: "Deactivate",
      title: (name: string) => `Deactivate ${name}?`,
      text: "They are logged out at once and cannot log in, until somebody activates the account again. What they wrote stays.",
      appText: "Its tokens stop working at once, until somebody activates the account again. What it wrote stays.",
      action: "Deactivate",
      done: (name: string) => `${name} is deactivated.`
    },
    activate: { item: "Activate again", done: (name: string) => `${name} is active again.` }
  },

  invitations: {
    title: {
      open: "Everybody may register",
      invite: "By invitation only",
      closed: "Nobody may register"
    } satisfies Record<ServerTerms["registration"], string>,
    text: {
      open: "This server is open, so nobody needs a link to register. With the setting REGISTRATION=invite everybody does.",
      invite: "Who has no account yet needs a link to register.",
      closed:
        "This server is closed, and a link does not help. Links let people in with the setting REGISTRATION=invite."
    } satisfies Record<ServerTerms["registration"], string>,
    hint: "Whoever opens such a link may register here, while registering takes an invitation."
  },

  apps: {
    hint: "An app is a program with an account of its own, and tokens in the place of a password. It appears in rooms under its name, marked as an app; into a private room it is added by that name. What it may do there and here is its role, as with people.",
    none: "There is no app yet.",
    name: "Name of a new app",
    add: "Add an app",
    added: (name: string) => `${name} was added.`,
    noTokens: "No token yet: without one the app cannot do anything.",
    made: (when: string) => `made ${when}`,
    used: (when: string) => `used ${when}`,
    neverUsed: "never used",
    password: "Your password",
    passwordHint: "To be sure that it is you.",
    missingPassword: "Please enter your password.",
    missingName: "Please enter a name.",

    makeToken: "Make a token",
    makeTokenFor: (app: string) => `Make a token for ${app}`,
    tokenName: "What is it for?",
    tokenNameHint: "A name to know it by, such as the machine it runs on.",
    scope: "What it may do",
    scopes: {
      read: ["Read", "See rooms, messages and people."],
      write: ["Read and write", "Besides that: post, make rooms, and keep order where the app may."],
      admin: [
        "Everything its role allows",
        "Besides that: manage people and invitations, if the app is an admin. Its role is set under People, with Manage."
      ]
    } satisfies Record<TokenScope, readonly [string, string]>,
    scopeMarks: { read: "read", write: "read and write", admin: "everything" } satisfies Record<TokenScope, string>,
    make: "Make the token",
    tokenTitle: (app: string) => `Token for ${app}`,
    tokenText: "Whoever has this token acts as the app. Put it where the app reads it, and nowhere else.",
    tokenHint: "This token is shown only now.",
    tokenLabel: "Token",

    revoke: "Revoke",
    revokeOf: (token: string, app: string) => `Revoke ${token} of ${app}`,
    revokeTitle: (token: string) => `Revoke ${token}?`,
    revokeText: "What uses this token is cut off at once, for good.",
    revoked: (token: string) => `${token} works no more.`
  },

  audit: {
    hint: "What happened here that matters to safety, the newest first. Nobody can change it.",
    nothing: "Nothing has been recorded yet.",
    older: "Show older",
    from: (address: string) => `from ${address}`,
    hiddenRoom: "a room that you do not see"
  }
} as const
