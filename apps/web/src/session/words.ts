// What the pages say on which one comes in; they are loaded on demand, and their words with them.
import type { Ended } from "./ending.ts"

/** The words of those pages. */
export const words = {
  name: {
    title: "What should others call you?",
    hint: "You can start right away; there is no account to set up.",
    label: "Display name",
    submit: "Start chatting"
  },

  login: {
    title: "Log in",
    login: "Username or email",
    password: "Password",
    remember: "Keep me logged in",
    rememberHint: "For 60 days on this device. Leave it off where others use it too.",
    submit: "Log in",
    forgotten: "Forgot your password? Those who run this server can give you a link for a new one.",
    missing: "Please enter your username or email address.",
    missingPassword: "Please enter your password.",
    asGuest: (name: string) => `What you wrote as a guest stays under the name ${name}.`
  },

  register: {
    title: "Create an account",
    keepTitle: "Keep your name",
    keep: "With an account you keep your messages and rooms, and can log in from anywhere.",
    username: "Username",
    usernameHint: "Letters, digits, dots, underscores and hyphens.",
    stays: (name: string) => `You log in with it; others go on seeing you as ${name}.`,
    email: "Email",
    emailHint: "Nobody else sees it.",
    password: "Password",
    passwordHint: "At least 10 characters. A few words make a good one.",
    submit: "Create account",
    byInvitation: "New accounts need an invitation. Ask somebody who runs this server for a link.",
    closed: "Nobody new can register here."
  },

  intro: {
    room: (slug: string) => `You are invited to #${slug}.`,
    back: (slug: string) => `Log in to go to #${slug}.`,
    invite: "You are invited.",
    claim: "This link makes you the owner of this server. You need an account for that: create one, or log in."
  },

  others: {
    or: "or",
    login: "Log in",
    register: "Create an account",
    guest: "Continue as a guest",
    back: "Back"
  },

  ended: {
    SignedOut: "You have logged out.",
    Revoked: "This device was logged out, from another one or by those who run this server.",
    Expired: "You were logged out because you had not been here for a while. Please log in again.",
    Deactivated: "This account was deactivated by those who run this server.",
    Deleted: "The account is deleted.",
    Unknown: "You are not logged in any more. Please log in again."
  } satisfies Record<Ended, string>,

  logout: {
    title: "Log out?",
    unsent: (n: number) =>
      n === 1
        ? "A message has not been sent yet. It stays on this device, and is sent when you log in here again."
        : `${n.toLocaleString("en")} messages have not been sent yet. They stay on this device, and are sent when you log in here again.`,
    guest: (name: string) =>
      `You are here as a guest: once logged out you cannot come back as ${name}. With an account you could.`,
    guestUnsent: (n: number) =>
      n === 1
        ? "A message has not been sent yet and would be lost."
        : `${n.toLocaleString("en")} messages have not been sent yet and would be lost.`,
    submit: "Log out",
    failed: "You are still logged in"
  },

  link: {
    incomplete: "This link is incomplete, or was used here. Please open it again from where you got it.",
    home: "Go to your rooms",
    looking: "Looking at the invitation…",
    inviteTitle: "You are invited",
    inviteOver: "Invitation",
    inviteRoom: (room: string) => `To #${room}, a room on this server.`,
    join: (room: string) => `Join #${room}`,
    notNow: "Not now",
    inviteServer: "This invitation is for somebody who has no account here yet. You have one already.",
    claimTitle: "Become the owner",
    claim: (name: string) =>
      `This link makes ${name} the owner of this server: an owner manages people and gives all roles. It works once.`,
    claimSubmit: "Become the owner",
    claimed: "You are the owner of this server now.",
    resetTitle: "Choose a new password",
    reset: "You are logged in with it at once, and everywhere else you are logged out.",
    resetSubmit: "Save and log in",
    newPassword: "New password",
    again: "Try again"
  }
} as const
