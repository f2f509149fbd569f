// The list of tables by which databases are copied, against what the migrations make.
import * as Postgres from "@messenger/storage/Postgres"
import { describe, expect, it } from "@effect/vitest"
import { Database } from "@messenger/storage/Database"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Effect, Redacted } from "effect"
import { columnsOf, tables } from "../src/internal/tables.ts"
import { temporaryFolder } from "./folders.ts"
import { newDatabase } from "./postgresWorld.ts"

interface Column {
  readonly name: string
  readonly column: string
  readonly type: string
}

// Whose they are, and not what is in them.
const ownTables = new Set(["migrations", "server_lease", "sqlite_sequence"])

const listed = tables.flatMap(({ name, text, whole }) => [
  ...text.map((column) => `${name}.${column} text`),
  ...whole.map((column) => `${name}.${column} whole`)
])

const inSchema = (columns: ReadonlyArray<Column>): ReadonlyArray<string> =>
  columns
    .filter(({ name }) => !ownTables.has(name))
    .map(({ name, column, type }) => `${name}.${column} ${kinds[type] ?? type}`)

const kinds: Readonly<Record<string, string>> = { TEXT: "text", INTEGER: "whole", text: "text", bigint: "whole" }

/** That every table stands behind those that it refers to. */
const expectOrder = (references: ReadonlyArray<{ readonly name: string; readonly refers: string }>) => {
  expect(references.length).toBeGreaterThan(10)
  const place = (table: string) => tables.findIndex(({ name }) => name === table)
  expect(references.filter(({ name, refers }) => place(refers) >= place(name))).toEqual([])
}

describe("the list of tables", () => {
  it("names every column once", () => {
    for (const table of tables) expect(new Set(columnsOf(table)).size).toBe(columnsOf(table).length)
  })

  it.effect("is the schema on SQLite, in the order of references", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* Effect.gen(function* () {
        const { reads } = yield* Database
        const columns = yield* reads<Column>`
          SELECT t.name, c.name AS "column", c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`
        expect(inSchema(columns).toSorted()).toEqual(listed.toSorted())
        expectOrder(
          yield* reads<{ name: string; refers: string }>`
            SELECT t.name, f."table" AS refers FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`
        )
        const rising = yield* reads<{ name: string }>`
          SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' ORDER BY name`
        expect(rising.map(({ name }) => name)).toEqual(risingTables)
      }).pipe(Effect.provide(Sqlite.layerDatabase({ dataDir })))
    })
  )

  it.effect("is the schema on PostgreSQL, in the order of references", () =>
    Effect.gen(function* () {
      const url = Redacted.make(yield* newDatabase)
      yield* Effect.gen(function* () {
        const { reads } = yield* Database
        const columns = yield* reads<Column>`
          SELECT table_name AS name, column_name AS column, data_type AS type
          FROM information_schema.columns WHERE table_schema = 'public'`
        expect(inSchema(columns).toSorted()).toEqual(listed.toSorted())
        expectOrder(
          yield* reads<{ name: string; refers: string }>`
            SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS refers FROM pg_constraint WHERE contype = 'f'`
        )
        const rising = yield* reads<{ name: string; column: string }>`
          SELECT table_name AS name, column_name AS column FROM information_schema.columns
          WHERE is_identity = 'YES' ORDER BY table_name`
        expect(rising.map(({ name }) => name)).toEqual(risingTables)
        for (const { name, column } of rising) {
          expect(tables.find((table) => table.name === name)?.rising).toBe(column)
        }
      }).pipe(Effect.provide(Postgres.layerDatabase({ url })))
    })
  )
})

const risingTables = tables.flatMap(({ name, rising }) => (rising === undefined ? [] : [name])).toSorted()
