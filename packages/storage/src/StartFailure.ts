// Why a server, or a program beside it, cannot begin with its database. Each says it in one sentence that an operator can act on.
import { Schema } from "effect"
import type { NotBackedUp } from "./UpkeepFailure.ts"

/** The data folder cannot be made or written. */
export class DataFolderNotWritable extends Schema.TaggedError<DataFolderNotWritable>()("DataFolderNotWritable", {
  folder: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The data folder ${this.folder} cannot be written: give this user the right to, or set DATA_DIR to another folder.`
  }
}

/** Another server holds the database, and went on holding it while this one waited. */
export class DatabaseInUse extends Schema.TaggedError<DatabaseInUse>()("DatabaseInUse", {
  database: Schema.String
}) {
  override get message(): string {
    return `The database ${this.database} is in use by another server: stop that one first.`
  }
}

/** The database was written by a newer version of this program. */
export class DatabaseTooNew extends Schema.TaggedError<DatabaseTooNew>()("DatabaseTooNew", {
  database: Schema.String,
  /** The newest migration that the database has seen, and that this program knows. */
  found: Schema.Int,
  known: Schema.Int
}) {
  override get message(): string {
    return `The database ${this.database} is newer (migration ${this.found}) than this program (migration ${this.known}): start the newer version.`
  }
}

/** There is no database, or nothing of this program in it. */
export class DatabaseAbsent extends Schema.TaggedError<DatabaseAbsent>()("DatabaseAbsent", {
  database: Schema.String
}) {
  override get message(): string {
    return `There is no database of Messenger at ${this.database}: start the server once, it makes it.`
  }
}

/** The database was last used by an older version of this program, and only a server brings it up to date. */
export class DatabaseTooOld extends Schema.TaggedError<DatabaseTooOld>()("DatabaseTooOld", {
  database: Schema.String,
  /** The newest migration that the database has seen, and that this program knows. */
  found: Schema.Int,
  known: Schema.Int
}) {
  override get message(): string {
    return `The database ${this.database} is older (migration ${this.found}) than this program (migration ${this.known}): start the server of this version once, it brings it up to date.`
  }
}

const saidBy = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** There is no database to talk to: the address is wrong, it is down, it refuses the login, or the file is none. */
export class CannotConnect extends Schema.TaggedError<CannotConnect>()("CannotConnect", {
  /** Where it was looked for, without a password. */
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The database ${this.database} cannot be opened: ${saidBy(this.cause)}.`
  }
}

/** Bringing the database up to this program's version failed; it is as it was before. */
export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The database ${this.database} could not be brought up to date and is unchanged: ${saidBy(this.cause)}.`
  }
}

/** Why a program beside the server cannot begin. */
export type BesideFailure = DatabaseAbsent | DatabaseTooOld | DatabaseTooNew | CannotConnect

/** Why a server cannot begin. */
export type StartFailure =
  | DataFolderNotWritable
  | DatabaseInUse
  | DatabaseTooNew
  | CannotConnect
  | MigrationFailed
  | NotBackedUp
