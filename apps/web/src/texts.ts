// Every word the interface says, so that it is one voice, and one file to translate.
import type { Undeliverable } from "@messenger/client/OutboxEntry"
import type { Unreachable } from "@messenger/client/Unreachable"
import type { AccountRpcs } from "@messenger/protocol/AccountRpcs"
import type { MemberRpcs } from "@messenger/protocol/MemberRpcs"
import type { MessengerRpcs } from "@messenger/protocol/MessengerRpcs"
import type { PeopleRpcs } from "@messenger/protocol/PeopleRpcs"
import type { Status } from "@messenger/protocol/Presence"
import type { SessionError } from "@messenger/protocol/Session"
import type { WebhookRpcs } from "@messenger/protocol/WebhookRpcs"
import type { Rpc, RpcGroup } from "effect/rpc"

type Groups = typeof MessengerRpcs | typeof AccountRpcs | typeof MemberRpcs | typeof PeopleRpcs | typeof WebhookRpcs
type ErrorsOf<R> = R extends Rpc.Any ? Rpc.ErrorExit<R> : never

/** Every refusal the contract knows, over RPC and over HTTP. */
export type ContractError = ErrorsOf<RpcGroup.Rpcs<Groups>> | SessionError

/** What a reader may be told about: the refusals of the contract, and what the client itself gives up on. */
export type TellableError = ContractError | Undeliverable | Unreachable

type ByTag = { readonly [Error in TellableError as Error["_tag"]]: Error }
type Refusal<Tag extends keyof ByTag> = { [T in Tag]: { readonly _tag: T } & ByTag[T] }[Tag]

const count = (n: number, one: string, many: string): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`

// Rounded up, so that who waits as long as it says need not wait again.
const waiting = (millis: number): string => {
  const seconds = Math.max(1, Math.ceil(millis / 1000))
  return seconds > 90 ? count(Math.ceil(seconds / 60), "minute", "minutes") : count(seconds, "second", "seconds")
}

// One sentence per error of the contract: a new error fails the type check here until it has its own.
const sentences: { readonly [Tag in keyof ByTag]: (error: Refusal<Tag>) => string } = {
  NameInvalid: ({ reason }) =>
    ({
      Empty: "Please enter a name.",
      TooLong: "That name is too long: 40 characters is the most.",
      ForbiddenCharacters: "That name has invisible characters in it. Please type it again."
    })[reason],
  NameTaken: () => "Somebody has that name already, or one that looks like it. Please choose another.",
  RoomNotFound: () => "This room does not exist, or not any more.",
  RoomNameTaken: () => "A room of that name exists already.",
  TooManyRooms: ({ limit }) => `You have made ${limit} rooms, which is the most for one person.`,
  MessageInvalid: ({ reason, limit }) =>
    ({
      Empty: "There is nothing in this message.",
      TooLong: `This message is longer than ${limit.toLocaleString("en")} characters. Please split it.`,
      ForbiddenCharacters: "This message has characters in it that cannot be sent. Please type it again."
    })[reason],
  IdempotencyKeyReused: () => "This message was mixed up with another one. Please send it again.",
  MessageNotFound: () => "That message is gone.",
  NotYourMessage: () => "Only its author can change a message.",
  EditConflict: () => "The message was changed meanwhile. Please look at it again.",
  CommandRejected: () => "The room could not take this message. Please change it before you send it again.",
  RateLimited: ({ retryAfterMillis }) => `That was a little fast. Please wait ${waiting(retryAfterMillis)}.`,
  RoomUnavailable: ({ retryAfterMillis }) => `This room is resting. Please try again in ${waiting(retryAfterMillis)}.`,
  StorageUnavailable: ({ retryAfterMillis }) =>
    `The server cannot reach its memory. Please try again in ${waiting(retryAfterMillis)}.`,
  UpgradeRequired: () => "Messenger has been updated. Please reload this page.",
  Unauthenticated: () => "You are not logged in any more. Please come in again.",
  OriginRefused: ({ origin, setting }) =>
    `The server does not accept pages from ${origin}. Whoever runs it can allow that with the setting ${setting}.`,
  Forbidden: () => "You may not do that here. Ask somebody who runs this room or this server.",
  UsernameInvalid: ({ reason }) =>
    ({
      TooShort: "A username has at least 2 characters.",
      TooLong: "That username is too long: 32 characters is the most.",
      ForbiddenCharacters:
        "A username is made of letters, digits, dots, underscores and hyphens, and begins with a letter or digit."
    })[reason],
  EmailInvalid: () => "That does not look like an email address.",
  AccountTaken: () => "There is an account with that username or email address already. Log in, or choose another.",
  AlreadyRegistered: () => "You have an account already. Log out first to make another one.",
  PasswordRefused: ({ reason }) =>
    ({
      TooShort: "A password has at least 10 characters.",
      TooLong: "That password is too long: 256 characters is the most.",
      Common: "That password is on the lists that attackers try first. Please choose another.",
      LikeName: "The password must not be your username or email address."
    })[reason],
  PasswordsBusy: ({ retryAfterMillis }) =>
    `Many people are logging in right now. Please try again in ${waiting(retryAfterMillis)}.`,
  WrongCredentials: () => "There is no account with that name and password.",
  WrongPassword: () => "That is not your password.",
  AccountDeactivated: () => "This account was deactivated by those who run this server.",
  RegistrationClosed: ({ registration }) =>
    registration === "invite"
      ? "You need an invitation to register here. Ask somebody who runs this server for a link."
      : "Nobody new can register here.",
  GuestsRefused: () => "This server takes no guests. Please register or log in.",
  LastOwner: () => "Somebody has to be the owner. Please make somebody else an owner first.",
  AccountNotFound: () => "There is nobody of that name here.",
  InviteNotFound: () => "That invitation is gone already.",
  ApiTokenNotFound: () => "That token is gone already.",
  WebhookNotFound: () => "That webhook is gone already.",
  DeliveryNotFound: () => "That delivery is gone already.",
  WebhookPaused: () => "This webhook is paused. Please let it go on first.",
  TooManyWebhooks: ({ limit }) => `This room has ${limit} webhooks, which is the most for one room.`,
  WebhookUrlRefused: ({ reason }) =>
    ({
      NotAnAddress: "That is no address that can be called. It begins with https://.",
      NotHttps: "The address has to begin with https://. Whoever runs this server can allow others: WEBHOOK_ALLOW.",
      HasCredentials: "There is a name or a password in that address. Please take it out.",
      NotPublic:
        "No public server is known under that address. Please look at how it is written. Whoever runs this server can allow others: WEBHOOK_ALLOW."
    })[reason],
  LinkInvalid: () => "This link was used already, or is out of date. Please ask for a new one.",
  BadRequest: () => "The server did not understand this page. Please reload it.",
  Undeliverable: () => "The server failed at this message several times.",
  Unreachable: () => "The server cannot be reached. Please check your connection and try again."
}

/** The sentence for a refusal. */
export const errorText = <Tag extends keyof ByTag>(error: Refusal<Tag>): string => sentences[error._tag](error)

const list = new Intl.ListFormat("en-GB", { type: "conjunction" })

/** The words of the interface, by place. */
export const texts = {
  product: "Messenger",
  loading: "Loading",
  close: "Close",
  cancel: "Cancel",
  reload: "Reload",
  again: "Try again",
  notForYou: "This page is for those who run this server.",
  notLoaded: "This part of the page could not be loaded. Please try again in a moment.",

  admin: "Manage this server",

  form: {
    busy: "One moment…",
    again: "You can try again now.",
    showPassword: "Show password",
    hidePassword: "Hide password",
    /** How long a button counts down. */
    waiting: (seconds: number) =>
      seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  },

  rooms: {
    title: "Rooms",
    open: "Open rooms",
    collapse: "Hide rooms",
    expand: "Show rooms",
    unread: "unread",
    create: "Create a room",
    noRoom: "There is no room here.",
    left: "You are no longer in this room.",
    private: "private",
    toLobby: (room: string) => `Go to #${room}`
  },

  room: {
    messages: (room: string) => `Messages in ${room}`,
    beginning: (room: string) => `This is the beginning of #${room}.`,
    empty: (room: string) => `Nobody has said anything in #${room} yet: say hello, or invite people.`,
    loadingOlder: "Loading older messages",
    held: "This room takes a moment. It comes back by itself.",
    today: "Today",
    yesterday: "Yesterday",
    new: "New",
    guest: "guest",
    members: "Members",
    roles: "Roles in this room",
    integrations: "Integrations",
    app: "app",
    via: (program: string) => `via ${program}`,
    /** Somebody who is a program, in a sentence. */
    byApp: (name: string, via: string | undefined) => `${name} (app${via === undefined ? "" : `, via ${via}`})`,
    edited: "edited",
    editedAt: (when: string) => `Edited ${when}`,
    deleted: "This message was deleted.",
    unreadable: "This message cannot be shown.",
    pending: "Waiting to be sent",
    retry: "Try again",
    discard: "Discard",
    newest: "Jump to the newest message",
    newMessages: (n: number) => count(n, "new message", "new messages"),
    typing: (names: ReadonlyArray<string>) => {
      const [first = "", second = ""] = names
      if (names.length === 1) return `${first} is typing…`
      if (names.length === 2) return `${first} and ${second} are typing…`
      return `${first} and ${names.length - 1} others are typing…`
    }
  },

  edit: {
    edit: "Edit message",
    delete: "Delete message",
    askDelete: "Delete this message?",
    deleteHint: "It goes for everybody, and does not come back.",
    deleteOther: (author: string) => `${author} wrote it. It goes for everybody, and does not come back.`,
    understood: "All right"
  },

  composer: {
    label: (room: string) => `Message #${room}`,
    send: "Send message",
    left: (n: number) => count(n, "character left", "characters left"),
    over: (n: number) => count(n, "character too many", "characters too many")
  },

  people: {
    title: "People",
    open: (n: number) => `People, ${n.toLocaleString("en")} here`,
    online: "Online",
    away: "Away",
    you: "you",
    crowd: (n: number) => `${n.toLocaleString("en")} people are here.`,
    list: "Show who is here",
    more: "Show more",
    failed: "The list could not be loaded."
  },

  invite: {
    action: "Invite people",
    copied: "Link copied",
    onlyHere: (host: string) =>
      `This link begins with ${host}, so it works on this machine only. For others, start the server with PUBLIC_URL (or HOST=0.0.0.0), and copy the link from the address that they use.`,
    byHand: "Copy this link to invite people"
  },

  me: {
    menu: "Status and settings",
    keep: "Keep your name: create an account",
    login: "Log in with an account",
    settings: "Settings",
    logout: "Log out",
    status: "Status",
    theme: "Appearance",
    themes: { system: "Like the system", light: "Light", dark: "Dark" }
  },

  status: { online: "Online", away: "Away", dnd: "Do not disturb" } satisfies Record<Status, string>,

  connection: {
    connecting: "Connecting…",
    lost: "Connection lost. Trying again; what you write now is kept and will be sent.",
    lostUntil: (inSeconds: number) =>
      `Connection lost. Trying again in ${inSeconds} s; what you write now is kept and will be sent.`,
    offline: "You are offline. What you write now is kept and will be sent.",
    now: "Try now",
    back: "Connected again.",
    updated: "Messenger has been updated. What you wrote is kept."
  },

  announcement: {
    one: (author: string, text: string) => `${author}: ${text}`,
    many: (n: number, authors: ReadonlyArray<string>) =>
      `${count(n, "new message", "new messages")} from ${
        authors.length <= 3 ? list.format(authors) : count(authors.length, "person", "people")
      }`
  },

  title: (unread: number, room: string | undefined) =>
    `${unread > 0 ? `(${unread}) ` : ""}${room === undefined ? "" : `#${room} · `}Messenger`
} as const
