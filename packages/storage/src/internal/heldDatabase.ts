// A database as a whole: what both databases offer to whoever copies or replaces all of it.
import type { Effect, Option, Scope } from "effect"
import type { ServerLease } from "../ServerLease.ts"
import type { DatabaseAbsent, StartFailure } from "../StartFailure.ts"
import type { CopyDiffers, CopyNotWritten, FileDamaged, FileExists, NotReplaced } from "../UpkeepFailure.ts"
import type { Migrated } from "./migrate.ts"

/** A copy that was made: where, of which version, and how many rows each table has. */
export interface Copied {
  readonly file: string
  readonly migration: number
  readonly counts: ReadonlyMap<string, number>
}

/** Why a copy was not made. */
export type CopyFailure = StartFailure | DatabaseAbsent | CopyNotWritten | FileExists | FileDamaged

/** A database that no server has. */
export interface HeldDatabase {
  /** The newest migration that it had seen when it was taken; 0 where there is no database of ours. */
  readonly migration: number
  /** Whether no table of ours has a row, or where there is no database of ours, nothing has the name of one. */
  readonly isEmpty: Effect.Effect<boolean, StartFailure>
  /** The greatest epoch of its rooms. */
  readonly greatestEpoch: Effect.Effect<number, StartFailure>
  /** Brings it up to date; `copy` is where it was backed up before. */
  readonly migrate: Effect.Effect<Migrated & { readonly copy: Option.Option<string> }, StartFailure>
  /** Puts what is in a staged copy in place of all that is there, at once or not at all. */
  readonly replaceWith: (staged: string) => Effect.Effect<void, StartFailure | NotReplaced | CopyDiffers>
  /** Fails when it is held no more. */
  readonly lost: ServerLease["Service"]["lost"]
}

/** A database as a whole, whichever it is. */
export interface WholeDatabase {
  /** How it is called in sentences, without a password. */
  readonly name: string
  /** Takes it until the scope closes, if no server has it and it is none of a newer program. */
  readonly hold: Effect.Effect<HeldDatabase, StartFailure, Scope.Scope>
  /** Copies it as it is at one moment, while a server has it or not. */
  readonly copyTo: (file: string) => Effect.Effect<Copied, CopyFailure>
}
