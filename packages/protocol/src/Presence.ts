// Who is here. Presence is a lease: it is held by a connection that follows the room, and goes with it.
import { Schema } from "effect"
import { User } from "./Account.ts"

/** What a person may say of themselves. */
export const Status = Schema.Literals(["online", "away", "dnd"])
export type Status = typeof Status.Type

/** Somebody who follows a room through at least one connection. */
export const Person = Schema.Struct({ user: User, status: Status })
export type Person = typeof Person.Type
