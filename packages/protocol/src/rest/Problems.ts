// How every error of the contract is told over HTTP: as problem details (RFC 9457). The one table of statuses, titles and sentences;
// the page `/docs/problems` and the OpenAPI document are made from it.
import { Schema } from "effect"
import { AccountNotFound } from "../Account.ts"
import { UpgradeRequired } from "../Handshake.ts"
import { InviteNotFound } from "../Link.ts"
import {
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  MessageInvalid,
  MessageNotFound,
  NotYourMessage
} from "../Message.ts"
import { ApiTokenNotFound } from "../PeopleRpcs.ts"
import { LastOwner } from "../Rights.ts"
import { RoomNameTaken, RoomNotFound, TooManyRooms } from "../Room.ts"
import { SessionError } from "../Session.ts"
import { RoomUnavailable } from "../Unavailable.ts"
import { DeliveryNotFound, TooManyWebhooks, WebhookNotFound, WebhookPaused, WebhookUrlRefused } from "../Webhook.ts"
import {
  AddressNotFound,
  BodyTooLarge,
  IdempotencyKeyInvalid,
  MethodNotAllowed,
  ServerFailed,
  ServerUnavailable,
  TooManyConnections,
  UnsupportedMediaType,
  UpgradeRefused,
  WebSocketExpected
} from "./HttpRefusal.ts"

/** Every error that HTTP may answer. */
export const HttpError = Schema.Union([
  ...SessionError.members,
  AccountNotFound,
  AddressNotFound,
  ApiTokenNotFound,
  BodyTooLarge,
  CommandRejected,
  DeliveryNotFound,
  EditConflict,
  IdempotencyKeyInvalid,
  IdempotencyKeyReused,
  InviteNotFound,
  LastOwner,
  MessageInvalid,
  MessageNotFound,
  MethodNotAllowed,
  NotYourMessage,
  RoomNameTaken,
  RoomNotFound,
  RoomUnavailable,
  ServerFailed,
  ServerUnavailable,
  TooManyConnections,
  TooManyRooms,
  TooManyWebhooks,
  UnsupportedMediaType,
  UpgradeRefused,
  UpgradeRequired,
  WebhookNotFound,
  WebhookPaused,
  WebSocketExpected,
  WebhookUrlRefused
])
export type HttpError = typeof HttpError.Type

/** The name of an error. */
export type HttpErrorTag = HttpError["_tag"]

type ByTag = { readonly [Each in HttpError as Each["_tag"]]: Each }
type ErrorOf<Tag extends HttpErrorTag> = ByTag[Tag] & { readonly _tag: Tag }

/** What is told of one error: its title is the same each time, the detail says what to do about this one. */
export interface ProblemKind<Error> {
  readonly status: number
  readonly title: string
  readonly detail: (error: Error) => string
}

/** The media type of problem details. */
export const problemMediaType = "application/problem+json"

/** Where a kind of problem is described; the `type` of its problem details, relative to the server. */
export const problemType = (tag: string): string => `/docs/problems#${tag}`

/** Problem details, as they are encoded; the fields of the error stand beside these, with its `_tag`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly _tag: string
}

/** The problem details of an error; `detail` in place of the usual sentence where there is a better one. */
export const problemOf = (error: HttpError, detail: string = detailOf(error)): Problem => {
  const { status, title } = problemKinds[error._tag]
  return { type: problemType(error._tag), title, status, ...encode(error), detail }
}

/** The HTTP status of an error. */
export const statusOf = (error: HttpError): number => problemKinds[error._tag].status

/** In how many seconds a refusal that passes may be tried again (`Retry-After`); undefined for those that do not pass. */
export const retryAfterSecondsOf = (error: HttpError): number | undefined =>
  "retryAfterMillis" in error ? Math.ceil(error.retryAfterMillis / 1000) : undefined

const waiting = (millis: number): string => `Repeat it in ${Math.ceil(millis / 1000)} s.`

/** Every kind of problem. */
export const problemKinds: { readonly [Tag in HttpErrorTag]: ProblemKind<ErrorOf<Tag>> } = {
  AccountDeactivated: {
    status: 403,
    title: "The account is deactivated",
    detail: () => "The account was deactivated; ask those who run the server."
  },
  AccountNotFound: {
    status: 404,
    title: "There is no such account",
    detail: () => "Nobody has that id or username here; look it up again."
  },
  AccountTaken: {
    status: 409,
    title: "The username or the email address is taken",
    detail: () => "Log in with it, or choose another username and email address."
  },
  AddressNotFound: {
    status: 404,
    title: "There is nothing at this address",
    detail: () => "Look the address up in /docs, or in /openapi.json."
  },
  AlreadyRegistered: {
    status: 409,
    title: "Somebody is logged in",
    detail: () => "Log out before you register another account."
  },
  ApiTokenNotFound: {
    status: 404,
    title: "There is no such API token",
    detail: () => "The token was revoked already, or never was; list the tokens again."
  },
  BadRequest: {
    status: 400,
    title: "The request is not of the documented shape",
    detail: ({ detail }) => detail
  },
  BodyTooLarge: {
    status: 413,
    title: "The body is too large",
    detail: ({ limit }) => `Send at most ${limit} bytes.`
  },
  CommandRejected: {
    status: 422,
    title: "The room cannot take this",
    detail: () => "This request made the room fail; change it before you send it again, under a new key."
  },
  DeliveryNotFound: {
    status: 404,
    title: "There is no such delivery",
    detail: () => "It is of another webhook, or so old that it was deleted; list the deliveries again."
  },
  EditConflict: {
    status: 409,
    title: "The message has changed",
    detail: ({ change }) => `Read the message again: it is at change ${change} now. Then name that version.`
  },
  EmailInvalid: {
    status: 422,
    title: "That is no email address",
    detail: () => "Give an address like ada@example.org, of at most 254 characters."
  },
  Forbidden: {
    status: 403,
    title: "You may not do that",
    detail: ({ needs }) => `It takes the right ${needs}; ask an owner of the room, or those who run the server.`
  },
  GuestsRefused: {
    status: 403,
    title: "This server takes no guests",
    detail: () => "Register, or log in."
  },
  IdempotencyKeyInvalid: {
    status: 400,
    title: "That is no idempotency key",
    detail: () => "Idempotency-Key takes 8 to 64 letters, digits, hyphens and underscores, such as a UUID."
  },
  IdempotencyKeyReused: {
    status: 422,
    title: "The idempotency key was used for something else",
    detail: () => "Send this request under a new key; a key belongs to one request and its repetitions."
  },
  InviteNotFound: {
    status: 404,
    title: "There is no such invitation",
    detail: () => "It was revoked already, or has run out; list the invitations again."
  },
  LastOwner: {
    status: 409,
    title: "Somebody has to be the owner",
    detail: () => "Make somebody else an owner first."
  },
  LinkInvalid: {
    status: 410,
    title: "The link is not valid",
    detail: () => "It is wrong, used up, revoked or out of date; ask for a new one."
  },
  MessageInvalid: {
    status: 422,
    title: "The text cannot be posted",
    detail: ({ limit, reason }) =>
      ({
        Empty: "Send a text that has something in it besides white space.",
        TooLong: `Send at most ${limit} characters in a message.`,
        ForbiddenCharacters: "Leave out control characters and lone surrogates."
      })[reason]
  },
  MessageNotFound: {
    status: 404,
    title: "There is no such message",
    detail: () => "It was deleted, or the room has no message of that number; read the page again."
  },
  MethodNotAllowed: {
    status: 405,
    title: "This address takes other methods",
    detail: ({ allow }) => `Use ${allow.join(", ")}.`
  },
  NameInvalid: {
    status: 422,
    title: "The name cannot be taken as it is",
    detail: ({ reason }) =>
      ({
        Empty: "Give a name with something to see in it.",
        TooLong: "Give a name of at most 40 characters.",
        ForbiddenCharacters: "Leave out invisible characters and direction marks."
      })[reason]
  },
  NameTaken: {
    status: 409,
    title: "The name is taken",
    detail: () => "Somebody has that name, or one that looks like it; choose another."
  },
  NotYourMessage: {
    status: 403,
    title: "The message is somebody else's",
    detail: () => "Its author may edit and delete it; who moderates the room may delete it too."
  },
  OriginRefused: {
    status: 403,
    title: "This page may not act here",
    detail: ({ origin, setting }) =>
      origin === ""
        ? "A program says that it is none of somebody else's pages: send Origin with the server's own address, or a bearer token and no cookie."
        : `Whoever runs the server may let pages of ${JSON.stringify(origin)} in with ${setting}.`
  },
  PasswordRefused: {
    status: 422,
    title: "The password cannot be taken",
    detail: ({ reason }) =>
      ({
        TooShort: "Choose one of at least 10 characters.",
        TooLong: "Choose one of at most 256 characters.",
        Common: "It is among the first that anybody guesses; choose another.",
        LikeName: "Choose one that is neither the username nor the email address."
      })[reason]
  },
  PasswordsBusy: {
    status: 503,
    title: "Too many passwords are being checked",
    detail: ({ retryAfterMillis }) => waiting(retryAfterMillis)
  },
  RateLimited: {
    status: 429,
    title: "Too many of these in a short time",
    detail: ({ retryAfterMillis }) => waiting(retryAfterMillis)
  },
  RegistrationClosed: {
    status: 403,
    title: "Registration is closed",
    detail: ({ registration }) =>
      registration === "invite"
        ? "Ask those who run the server for an invitation, and send its token as invite."
        : "Nobody new may register here."
  },
  RoomNameTaken: {
    status: 409,
    title: "A room of that name exists",
    detail: ({ roomId }) => `Use the room ${roomId}, or choose another name.`
  },
  RoomNotFound: {
    status: 404,
    title: "There is no such room",
    detail: () => "It does not exist, or not for you; list the rooms again."
  },
  RoomUnavailable: {
    status: 503,
    title: "The room is not available",
    detail: ({ retryAfterMillis }) => `${waiting(retryAfterMillis)} Keep the idempotency key.`
  },
  ServerFailed: {
    status: 500,
    title: "The server failed on this request",
    detail: () => "This is a bug, and was written down; tell those who run the server if it happens again."
  },
  ServerUnavailable: {
    status: 503,
    title: "The server is starting or stopping",
    detail: ({ retryAfterMillis }) => waiting(retryAfterMillis)
  },
  StorageUnavailable: {
    status: 503,
    title: "The database is away",
    detail: ({ retryAfterMillis }) => `${waiting(retryAfterMillis)} Keep the idempotency key.`
  },
  TooManyConnections: {
    status: 429,
    title: "Too many connections",
    detail: ({ retryAfterMillis }) => `Close some, then open this one. ${waiting(retryAfterMillis)}`
  },
  TooManyRooms: {
    status: 403,
    title: "You have made as many rooms as one may",
    detail: ({ limit }) => `One account may make ${limit} rooms; use one of those.`
  },
  TooManyWebhooks: {
    status: 409,
    title: "The room has as many webhooks as it may have",
    detail: ({ limit }) => `A room may have ${limit}; delete one first.`
  },
  Unauthenticated: {
    status: 401,
    title: "Nobody is known by this request",
    detail: () =>
      "Send Authorization: Bearer <token> with a token that was not revoked and has not run out, or log in and send the cookie."
  },
  UnsupportedMediaType: {
    status: 415,
    title: "The body is not JSON",
    detail: () => "Send JSON, with Content-Type: application/json."
  },
  UpgradeRefused: {
    status: 403,
    title: "The WebSocket is refused",
    detail: () =>
      "Connect from a page of this server, or as a program with a token that is valid and without an Origin."
  },
  UpgradeRequired: {
    status: 426,
    title: "The server speaks another version of the contract",
    detail: ({ serverContract }) => `Use a client for version ${serverContract}.`
  },
  UsernameInvalid: {
    status: 422,
    title: "The username cannot be taken as it is",
    detail: ({ reason }) =>
      ({
        TooShort: "Choose one of at least 2 characters.",
        TooLong: "Choose one of at most 32 characters.",
        ForbiddenCharacters: "Use letters, digits, dots, underscores and hyphens, a letter or digit first."
      })[reason]
  },
  WebSocketExpected: {
    status: 426,
    title: "A WebSocket is opened at this address",
    detail: () => "Open a WebSocket here (RFC 6455), as docs/api.md tells."
  },
  WebhookNotFound: {
    status: 404,
    title: "There is no such webhook",
    detail: () => "It was deleted, or is in another room; ask an owner of the room for its address."
  },
  WebhookPaused: {
    status: 409,
    title: "The webhook is paused",
    detail: () => "Let it go on first (isActive: true); then send the delivery again."
  },
  WebhookUrlRefused: {
    status: 422,
    title: "The address cannot be told",
    detail: ({ reason }) =>
      ({
        NotAnAddress: "Give an absolute address that begins with https://.",
        NotHttps: "Give an address that begins with https://, or have the operator name it in WEBHOOK_ALLOW.",
        HasCredentials: "Leave user name and password out of the address; check the signature instead.",
        NotPublic:
          "Its name has no public address; mend the name, or have the operator name what it leads to in WEBHOOK_ALLOW."
      })[reason]
  },
  WrongCredentials: {
    status: 401,
    title: "No account has that name and password",
    detail: () => "Check the name and the password, then log in again."
  },
  WrongPassword: {
    status: 403,
    title: "That is not your password",
    detail: () => "Confirm the request with the password of the account that sends it."
  }
}

const encode = Schema.encodeSync(HttpError)

const detailOf = <Tag extends HttpErrorTag>(error: ErrorOf<Tag>): string => problemKinds[error._tag].detail(error)
