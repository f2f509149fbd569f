// The right to be the only one who does something, among processes that share a folder, without a lock that a killed process would
// leave behind. Only Node has what is used here.
//
// Each right that was ever taken is a file with a number, which holds who has it and until when. The highest number counts. To take
// over from a holder whose time is over is to make the file of the next number, which only one process can. A holder renews its own
// file and then looks whether a higher one has come; who made a higher one looks again whether the lower one was renewed. Of the two
// at least one sees the other and stands back.
import { Option, Schema } from "effect"
import { link, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import * as DurableFile from "./DurableFile.ts"

interface Right {
  readonly holder: string
  readonly untilMillis: number
}

/** Takes or renews the right in this folder until `untilMillis`; false while somebody else's is not over at `nowMillis`. */
export const lease = async (
  folder: string,
  holder: string,
  nowMillis: number,
  untilMillis: number
): Promise<boolean> => {
  const mine = JSON.stringify({ holder, untilMillis } satisfies Right)
  const highest = await highestOf(folder)
  const held = highest === 0 ? undefined : await rightOf(folder, highest)
  if (held?.holder === holder) {
    await DurableFile.replace(fileOf(folder, highest), mine)
    return (await highestOf(folder)) === highest
  }
  if (held !== undefined && held.untilMillis > nowMillis) return false
  const next = fileOf(folder, highest + 1)
  if (!(await makeAlone(next, mine))) return false
  const renewed = highest === 0 ? undefined : await rightOf(folder, highest)
  if (renewed !== undefined && renewed.untilMillis > nowMillis) {
    await rm(next, { force: true })
    return false
  }
  await Promise.all(
    (await numbersIn(folder))
      .filter((number) => number <= highest)
      .map((number) => rm(fileOf(folder, number), { force: true }))
  )
  return true
}

/** Gives the right back early; does nothing when somebody else has it. */
export const release = async (folder: string, holder: string): Promise<void> => {
  const highest = await highestOf(folder)
  const held = highest === 0 ? undefined : await rightOf(folder, highest)
  // It stays as one that is over, so that its number is not used again while somebody still looks at it.
  if (held?.holder === holder)
    await DurableFile.replace(fileOf(folder, highest), JSON.stringify({ holder: "", untilMillis: 0 }))
}

const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ holder: Schema.String, untilMillis: Schema.Number }))
)

const fileOf = (folder: string, number: number) => join(folder, `lease-${number}.json`)

const numbersIn = async (folder: string): Promise<ReadonlyArray<number>> =>
  (await readdir(folder)).flatMap((name) => {
    const digits = /^lease-(\d+)\.json$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })

const highestOf = async (folder: string): Promise<number> => Math.max(0, ...(await numbersIn(folder)))

// One that is gone meanwhile, or was spoilt by a disk, is nobody's.
const rightOf = async (folder: string, number: number): Promise<Right | undefined> => {
  const text = await DurableFile.read(fileOf(folder, number))
  return text === undefined ? undefined : Option.getOrUndefined(decode(text))
}

// By a link, which fails where there is a file already, and shows nobody half of one.
const makeAlone = async (file: string, text: string): Promise<boolean> => {
  try {
    await DurableFile.place(file, text, (beside) => link(beside, file))
    return true
  } catch (error) {
    if (DurableFile.isCode(error, "EEXIST")) return false
    throw error
  }
}
