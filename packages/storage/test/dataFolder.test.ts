import { Rooms } from "@messenger/storage/Rooms"
import * as Sqlite from "@messenger/storage/Sqlite"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./folders.ts"
import { makeRoom } from "./world.ts"

describe("a data folder", () => {
  const build = (dataDir: string) => Effect.scoped(Layer.build(Sqlite.layer({ dataDir })))

  it.effect("is made, open to nobody else", () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "deep", "data")
      yield* build(dataDir)
      expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    })
  )

  it.effect("that cannot be made says so", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "file")
      writeFileSync(file, "")
      const failure = yield* Effect.flip(build(join(file, "data")))
      expect(failure._tag).toBe("DataFolderNotWritable")
      expect(failure.message).toContain(join(file, "data"))
    })
  )

  it.effect("whose database file is none says so", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      writeFileSync(join(dataDir, "messenger.db"), "this is a letter, not a database ".repeat(40))
      const failure = yield* Effect.flip(build(dataDir))
      expect(failure._tag).toBe("CannotConnect")
      expect(failure.message).toContain("file is not a database")
    })
  )

  it.effect("is opened again with everything in it", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const open = Layer.fresh(Sqlite.layer({ dataDir }))
      const roomId = yield* Effect.scoped(Effect.provide(makeRoom(), open))
      const rooms = yield* Effect.scoped(
        Effect.provide(
          Effect.flatMap(Rooms, ({ list }) => list),
          open
        )
      )
      expect(rooms).toMatchObject([{ room: { id: roomId } }])
    })
  )

  it.effect("of a newer program is left alone", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* build(dataDir)
      const stranger = new DatabaseSync(join(dataDir, "messenger.db"))
      stranger.exec("INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')")
      stranger.close()
      const failure = yield* Effect.flip(build(dataDir))
      expect(failure).toMatchObject({ _tag: "DatabaseTooNew", found: 9_999 })
    })
  )
})
