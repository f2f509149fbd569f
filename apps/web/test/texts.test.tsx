import { Undeliverable } from "@messenger/client/OutboxEntry"
import { Unreachable } from "@messenger/client/Unreachable"
import {
  AccountNotFound,
  AccountTaken,
  EmailInvalid,
  NameInvalid,
  NameTaken,
  UsernameInvalid
} from "@messenger/protocol/Account"
import { Unauthenticated, UpgradeRequired } from "@messenger/protocol/Handshake"
import {
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  MessageInvalid,
  MessageNotFound,
  NotYourMessage
} from "@messenger/protocol/Message"
import { RoomId, RoomNameTaken, RoomNotFound, TooManyRooms } from "@messenger/protocol/Room"
import {
  AccountDeactivated,
  AlreadyRegistered,
  BadRequest,
  GuestsRefused,
  OriginRefused,
  RegistrationClosed,
  WrongCredentials
} from "@messenger/protocol/Session"
import { InviteNotFound, LinkInvalid } from "@messenger/protocol/Link"
import { PasswordRefused, PasswordsBusy, WrongPassword } from "@messenger/protocol/Password"
import { ApiTokenNotFound } from "@messenger/protocol/PeopleRpcs"
import { Forbidden, LastOwner } from "@messenger/protocol/Rights"
import { RateLimited, RoomUnavailable, StorageUnavailable } from "@messenger/protocol/Unavailable"
import {
  DeliveryNotFound,
  TooManyWebhooks,
  WebhookNotFound,
  WebhookPaused,
  WebhookUrlRefused
} from "@messenger/protocol/Webhook"
import { describe, expect, it } from "vitest"
import { errorText, texts } from "../src/texts.ts"
import type { TellableError } from "../src/texts.ts"

// By tag, so that an error without an example here fails the type check as one without a sentence does.
const examples: { readonly [Tag in TellableError["_tag"]]: ReadonlyArray<Extract<TellableError, { _tag: Tag }>> } = {
  NameInvalid: (["Empty", "TooLong", "ForbiddenCharacters"] as const).map((reason) => new NameInvalid({ reason })),
  NameTaken: [new NameTaken()],
  RoomNotFound: [new RoomNotFound()],
  RoomNameTaken: [new RoomNameTaken({ roomId: RoomId.make("r-1") })],
  TooManyRooms: [new TooManyRooms({ limit: 20 })],
  MessageInvalid: (["Empty", "TooLong", "ForbiddenCharacters"] as const).map(
    (reason) => new MessageInvalid({ reason, limit: 4000 })
  ),
  IdempotencyKeyReused: [new IdempotencyKeyReused()],
  MessageNotFound: [new MessageNotFound()],
  NotYourMessage: [new NotYourMessage()],
  EditConflict: [new EditConflict({ change: 3 })],
  CommandRejected: [new CommandRejected()],
  RateLimited: [new RateLimited({ retryAfterMillis: 1_500 })],
  RoomUnavailable: [new RoomUnavailable({ retryAfterMillis: 1_000 })],
  StorageUnavailable: [new StorageUnavailable({ retryAfterMillis: 0 })],
  UpgradeRequired: [new UpgradeRequired({ serverContract: 2 })],
  Unauthenticated: [new Unauthenticated()],
  OriginRefused: [new OriginRefused({ origin: "http://evil.example", setting: "PUBLIC_URL" })],
  Forbidden: [new Forbidden({ needs: "room.manage" })],
  UsernameInvalid: (["TooShort", "TooLong", "ForbiddenCharacters"] as const).map(
    (reason) => new UsernameInvalid({ reason })
  ),
  EmailInvalid: [new EmailInvalid()],
  AccountTaken: [new AccountTaken()],
  AlreadyRegistered: [new AlreadyRegistered()],
  PasswordRefused: (["TooShort", "TooLong", "Common", "LikeName"] as const).map(
    (reason) => new PasswordRefused({ reason })
  ),
  PasswordsBusy: [new PasswordsBusy({ retryAfterMillis: 900 })],
  WrongCredentials: [new WrongCredentials()],
  WrongPassword: [new WrongPassword()],
  AccountDeactivated: [new AccountDeactivated()],
  RegistrationClosed: (["invite", "closed"] as const).map((registration) => new RegistrationClosed({ registration })),
  GuestsRefused: [new GuestsRefused()],
  LastOwner: [new LastOwner()],
  AccountNotFound: [new AccountNotFound()],
  InviteNotFound: [new InviteNotFound()],
  ApiTokenNotFound: [new ApiTokenNotFound()],
  WebhookNotFound: [new WebhookNotFound()],
  DeliveryNotFound: [new DeliveryNotFound()],
  WebhookPaused: [new WebhookPaused()],
  TooManyWebhooks: [new TooManyWebhooks({ limit: 10 })],
  WebhookUrlRefused: (["NotAnAddress", "NotHttps", "HasCredentials", "NotPublic"] as const).map(
    (reason) => new WebhookUrlRefused({ reason })
  ),
  LinkInvalid: [new LinkInvalid()],
  BadRequest: [new BadRequest({ detail: 'at ["name"]' })],
  Undeliverable: [new Undeliverable({ detail: "Die" })],
  Unreachable: [new Unreachable({ cause: new TypeError("fetch failed") })]
}

describe("the texts", () => {
  it("have a whole sentence for every error of the contract", () => {
    for (const error of Object.values(examples).flat()) expect(errorText(error)).toMatch(/^[A-Z].+\.$/)
  })

  it("say how long to wait in whole seconds, and what an operator can change", () => {
    expect(errorText(new RateLimited({ retryAfterMillis: 1_500 }))).toContain("2 seconds")
    expect(errorText(new RateLimited({ retryAfterMillis: 900_000 }))).toContain("15 minutes.")
    expect(errorText(new StorageUnavailable({ retryAfterMillis: 0 }))).toContain("1 second.")
    expect(errorText(new OriginRefused({ origin: "http://a.example", setting: "PUBLIC_URL" }))).toContain("PUBLIC_URL")
  })

  it("count unread rooms in the title, and only when there are some", () => {
    expect(texts.title(0, "lobby")).toBe("#lobby · Messenger")
    expect(texts.title(2, "lobby")).toBe("(2) #lobby · Messenger")
    expect(texts.title(0, undefined)).toBe("Messenger")
  })

  it("name one who types, two, or how many others", () => {
    expect(texts.room.typing(["Heron"])).toBe("Heron is typing…")
    expect(texts.room.typing(["Heron", "Kim"])).toBe("Heron and Kim are typing…")
    expect(texts.room.typing(["Heron", "Kim", "Mio"])).toBe("Heron and 2 others are typing…")
  })
})
