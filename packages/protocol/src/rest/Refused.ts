// Every error that an endpoint of the REST API declares, once, so that the OpenAPI document has one schema for each.
import { AccountNotFound, AccountTaken, EmailInvalid, NameInvalid, NameTaken, UsernameInvalid } from "../Account.ts"
import { Unauthenticated } from "../Handshake.ts"
import { LinkInvalid } from "../Link.ts"
import {
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  MessageInvalid,
  MessageNotFound,
  NotYourMessage
} from "../Message.ts"
import { PasswordRefused, PasswordsBusy, WrongPassword } from "../Password.ts"
import { ApiTokenNotFound } from "../PeopleRpcs.ts"
import { Forbidden, LastOwner } from "../Rights.ts"
import { RoomNameTaken, RoomNotFound, TooManyRooms } from "../Room.ts"
import {
  AccountDeactivated,
  AlreadyRegistered,
  BadRequest,
  GuestsRefused,
  OriginRefused,
  RegistrationClosed,
  WrongCredentials
} from "../Session.ts"
import { RateLimited, RoomUnavailable, StorageUnavailable } from "../Unavailable.ts"
import { DeliveryNotFound, TooManyWebhooks, WebhookNotFound, WebhookPaused, WebhookUrlRefused } from "../Webhook.ts"
import { BodyTooLarge, IdempotencyKeyInvalid, UnsupportedMediaType } from "./HttpRefusal.ts"
import { problem } from "./ProblemSchema.ts"

/** The errors of endpoints, by name. */
export const refused = {
  AccountDeactivated: problem(AccountDeactivated),
  AccountNotFound: problem(AccountNotFound),
  AccountTaken: problem(AccountTaken),
  AlreadyRegistered: problem(AlreadyRegistered),
  ApiTokenNotFound: problem(ApiTokenNotFound),
  BadRequest: problem(BadRequest),
  BodyTooLarge: problem(BodyTooLarge),
  CommandRejected: problem(CommandRejected),
  DeliveryNotFound: problem(DeliveryNotFound),
  EditConflict: problem(EditConflict),
  EmailInvalid: problem(EmailInvalid),
  Forbidden: problem(Forbidden),
  GuestsRefused: problem(GuestsRefused),
  IdempotencyKeyInvalid: problem(IdempotencyKeyInvalid),
  IdempotencyKeyReused: problem(IdempotencyKeyReused),
  LastOwner: problem(LastOwner),
  LinkInvalid: problem(LinkInvalid),
  MessageInvalid: problem(MessageInvalid),
  MessageNotFound: problem(MessageNotFound),
  NameInvalid: problem(NameInvalid),
  NameTaken: problem(NameTaken),
  NotYourMessage: problem(NotYourMessage),
  OriginRefused: problem(OriginRefused),
  PasswordRefused: problem(PasswordRefused),
  PasswordsBusy: problem(PasswordsBusy),
  RateLimited: problem(RateLimited),
  RegistrationClosed: problem(RegistrationClosed),
  RoomNameTaken: problem(RoomNameTaken),
  RoomNotFound: problem(RoomNotFound),
  RoomUnavailable: problem(RoomUnavailable),
  StorageUnavailable: problem(StorageUnavailable),
  TooManyRooms: problem(TooManyRooms),
  TooManyWebhooks: problem(TooManyWebhooks),
  Unauthenticated: problem(Unauthenticated),
  UnsupportedMediaType: problem(UnsupportedMediaType),
  UsernameInvalid: problem(UsernameInvalid),
  WebhookNotFound: problem(WebhookNotFound),
  WebhookPaused: problem(WebhookPaused),
  WebhookUrlRefused: problem(WebhookUrlRefused),
  WrongCredentials: problem(WrongCredentials),
  WrongPassword: problem(WrongPassword)
}
