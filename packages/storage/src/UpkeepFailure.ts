// Why what was to be done to a database as a whole was not done. Each says it in one sentence that an operator can act on; where it
// does not say otherwise the database is as it was.
import { Schema } from "effect"

/** There is a file of that name; a backup never overwrites one. */
export class FileExists extends Schema.TaggedError<FileExists>()("FileExists", { file: Schema.String }) {
  override get message(): string {
    return `There is a file ${this.file} already, and nothing is ever overwritten: name another one.`
  }
}

/** A copy of a database could not be written, and is not there. */
export class CopyNotWritten extends Schema.TaggedError<CopyNotWritten>()("CopyNotWritten", {
  file: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The copy ${this.file} could not be written: ${said(this.cause)}.`
  }
}

/** A database must be brought up to date and could not be backed up before: it is unchanged. */
export class NotBackedUp extends Schema.TaggedError<NotBackedUp>()("NotBackedUp", {
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The database ${this.database} must be brought up to date and could not be backed up before, so it is unchanged: ${said(this.cause).replace(/\.$/, "")}.`
  }
}

/** What was to be restored is no backup. */
export class NotABackup extends Schema.TaggedError<NotABackup>()("NotABackup", {
  file: Schema.String,
  /** Whether there is no such file at all. */
  isAbsent: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    if (this.isAbsent === true) return `There is no file ${this.file}: name one that npm run backup made.`
    return `The file ${this.file} is no backup of Messenger: name one that npm run backup made.`
  }
}

/** A file is a database, or was one. */
export class FileDamaged extends Schema.TaggedError<FileDamaged>()("FileDamaged", {
  file: Schema.String,
  /** What SQLite found first. */
  finding: Schema.String
}) {
  override get message(): string {
    return `The file ${this.file} is damaged (${this.finding}): take another copy of it.`
  }
}

/** What is restored or copied would take the place of something. */
export class DatabaseNotEmpty extends Schema.TaggedError<DatabaseNotEmpty>()("DatabaseNotEmpty", {
  database: Schema.String,
  /** Whether whoever asks may ask again to replace it. */
  isReplaceable: Schema.Boolean
}) {
  override get message(): string {
    return this.isReplaceable
      ? `The database ${this.database} holds something already: ask for it to be replaced, which first puts a backup of it aside.`
      : `The database ${this.database} holds something already: name an empty one.`
  }
}

/** What was there could not be put aside, so nothing took its place. */
export class NotPutAside extends Schema.TaggedError<NotPutAside>()("NotPutAside", {
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `What the database ${this.database} holds could not be put aside, so it is unchanged: ${said(this.cause).replace(/\.$/, "")}.`
  }
}

/** The new contents did not go in. */
export class NotReplaced extends Schema.TaggedError<NotReplaced>()("NotReplaced", {
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The database ${this.database} took no new contents and is unchanged: ${said(this.cause)}.`
  }
}

/** What was read back is not what was written; all of it was taken back. */
export class CopyDiffers extends Schema.TaggedError<CopyDiffers>()("CopyDiffers", {
  database: Schema.String,
  table: Schema.String
}) {
  override get message(): string {
    return `The table ${this.table} did not arrive in ${this.database} as it was, so nothing was changed there: try again, and report it when it happens again.`
  }
}

const said = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
