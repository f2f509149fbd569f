// What a drill has seen, and what must be true of it. Pure: the clients of a drill write down, this judges.

/** A message as it stands in a room's history, or as a follower was told of it. */
export interface Seen {
  readonly number: number
  readonly author: string
  readonly key: string
  readonly text: string
}

/** A message that somebody wrote, and what they were told of it. */
export interface Written {
  readonly roomId: string
  readonly author: string
  readonly key: string
  readonly text: string
  /**
   * Every answer that arrived, in order; a key may be sent again and again. A number acknowledges the message under it; a text is
   * the tag of a refusal that is final.
   */
  readonly answers: ReadonlyArray<number | string>
}

/** One reader of one room, who resumes by cursor. */
export interface Followed {
  readonly follower: string
  readonly roomId: string
  /** Where it began: it must be told everything after this number. */
  readonly from: number
  /** Every message it was told of, in the order it was told. */
  readonly told: ReadonlyArray<Seen>
  /** Reasons why it had to begin anew, instead of going on from its cursor. */
  readonly resets: ReadonlyArray<string>
}

/** All that a drill wrote down. */
export interface Evidence {
  /** In the order in which each author wrote, who waited for an answer before writing the next into the same room. */
  readonly written: ReadonlyArray<Written>
  /** Every room's whole history, in the order it was answered. */
  readonly histories: ReadonlyMap<string, ReadonlyArray<Seen>>
  readonly followed: ReadonlyArray<Followed>
}

/** What may be wrong. */
export type Fault =
  /** Acknowledged, and not in the history. */
  | "Lost"
  /** More than once in the history. */
  | "Doubled"
  /** In the history under another number, or with another text, than was acknowledged or written. */
  | "Altered"
  /** Answered twice, and not the same. */
  | "AnswersDiffer"
  /** Refused for good, and in the history all the same. */
  | "RefusedYetThere"
  /** Nobody was told what became of it. */
  | "Unanswered"
  /** In the history, and nobody wrote it. */
  | "Stray"
  /** The numbers of a history, or of one author's messages, do not rise. */
  | "OutOfOrder"
  /** A follower was not told of a message. */
  | "Gap"
  /** A follower was told of a message twice. */
  | "ToldTwice"
  /** A follower was told in another order than the history's. */
  | "ToldOutOfOrder"
  /** A follower was told of a message that the history does not have, or has otherwise. */
  | "ToldWrongly"
  /** A follower could not go on from its cursor. */
  | "BeganAnew"

/** One thing that is wrong, in words. */
export interface Violation {
  readonly fault: Fault
  readonly sentence: string
}

/** Everything that is wrong; nothing when all promises were kept. */
export const violationsOf = (evidence: Evidence): ReadonlyArray<Violation> => [
  ...historiesInOrder(evidence),
  ...writtenOnce(evidence),
  ...writtenInOrder(evidence),
  ...strays(evidence),
  ...evidence.followed.flatMap((followed) => toldOnce(followed, evidence.histories.get(followed.roomId) ?? []))
]

/** The counts behind a verdict, as sentences. */
export const countsOf = ({ written, histories, followed }: Evidence): ReadonlyArray<string> => {
  const acknowledged = written.filter((each) => each.answers.some(isNumber))
  const repeated = written.filter(({ answers }) => answers.length > 1)
  const told = followed.reduce((sum, each) => sum + each.told.length, 0)
  return [
    `${acknowledged.length} messages were acknowledged in ${histories.size} rooms, ${repeated.length} of them more than once.`,
    `${followed.length} follows that resumed by cursor were told of ${told} messages.`
  ]
}

const isNumber = (answer: number | string): answer is number => typeof answer === "number"

const violation = (fault: Fault, sentence: string): Violation => ({ fault, sentence })

const named = ({ roomId, key }: { readonly roomId: string; readonly key: string }) => `Message ${key} of room ${roomId}`

const sameMessage = (a: Seen, b: Seen): boolean =>
  a.number === b.number && a.key === b.key && a.author === b.author && a.text === b.text

const idOf = ({ author, key }: { readonly author: string; readonly key: string }): string => `${author} ${key}`

const historiesInOrder = ({ histories }: Evidence): ReadonlyArray<Violation> =>
  [...histories].flatMap(([roomId, history]) =>
    history.flatMap(({ number }, index) => {
      const before = history[index - 1]?.number ?? 0
      return number > before
        ? []
        : [violation("OutOfOrder", `In the history of room ${roomId} number ${number} comes after ${before}.`)]
    })
  )

const writtenOnce = ({ written, histories }: Evidence): ReadonlyArray<Violation> => {
  const found = new Map([...histories].map(([roomId, history]) => [roomId, groupById(history)]))
  return written.flatMap((each) => {
    const there = found.get(each.roomId)?.get(idOf(each)) ?? []
    return [...answersAgree(each), ...whatBecame(each, there)]
  })
}

const groupById = (history: ReadonlyArray<Seen>): ReadonlyMap<string, ReadonlyArray<Seen>> => {
  const groups = new Map<string, Array<Seen>>()
  for (const seen of history) {
    const group = groups.get(idOf(seen))
    if (group === undefined) groups.set(idOf(seen), [seen])
    else group.push(seen)
  }
  return groups
}

const answersAgree = (each: Written): ReadonlyArray<Violation> => {
  const different = [...new Set(each.answers)]
  return different.length > 1
    ? [violation("AnswersDiffer", `${named(each)} was answered ${different.join(", then ")}.`)]
    : []
}

const whatBecame = (each: Written, there: ReadonlyArray<Seen>): ReadonlyArray<Violation> => {
  const { answers, text } = each
  const [first] = there
  if (answers.length === 0) return [violation("Unanswered", `${named(each)} was never answered.`)]
  if (there.length > 1) {
    const numbers = there.map(({ number }) => number).join(", ")
    return [violation("Doubled", `${named(each)} is in the history ${there.length} times: ${numbers}.`)]
  }
  const acknowledged = answers.find(isNumber)
  if (first === undefined) {
    return acknowledged === undefined
      ? []
      : [violation("Lost", `${named(each)} was acknowledged as ${acknowledged} and is not in the history.`)]
  }
  if (acknowledged === undefined) {
    return [violation("RefusedYetThere", `${named(each)} was refused (${answers[0]}) and is in the history.`)]
  }
  return first.number === acknowledged && first.text === text
    ? []
    : [violation("Altered", `${named(each)} was acknowledged as ${acknowledged} and stands as ${first.number}.`)]
}

const writtenInOrder = ({ written }: Evidence): ReadonlyArray<Violation> => {
  const last = new Map<string, number>()
  return written.flatMap((each) => {
    const number = each.answers.find(isNumber)
    if (number === undefined) return []
    const place = `${each.roomId} ${each.author}`
    const before = last.get(place) ?? 0
    last.set(place, number)
    return number > before
      ? []
      : [
          violation(
            "OutOfOrder",
            `${named(each)} was written after number ${before} of its author and became ${number}.`
          )
        ]
  })
}

const strays = ({ written, histories }: Evidence): ReadonlyArray<Violation> => {
  const known = new Set(written.map((each) => `${each.roomId} ${idOf(each)}`))
  return [...histories].flatMap(([roomId, history]) =>
    history
      .filter((seen) => !known.has(`${roomId} ${idOf(seen)}`))
      .map(({ key, number }) => violation("Stray", `Nobody wrote message ${key}, number ${number} of room ${roomId}.`))
  )
}

const toldOnce = (
  { follower, roomId, from, told, resets }: Followed,
  history: ReadonlyArray<Seen>
): ReadonlyArray<Violation> => {
  const who = `${follower} in room ${roomId}`
  const byNumber = new Map(history.map((seen) => [seen.number, seen]))
  const numbers = new Set<number>()
  const wrong = resets.map((reason) => violation("BeganAnew", `${who} had to begin anew: ${reason}.`))
  let highest = from
  for (const seen of told) {
    const actual = byNumber.get(seen.number)
    if (actual === undefined || !sameMessage(actual, seen)) {
      wrong.push(violation("ToldWrongly", `${who} was told ${seen.key} is number ${seen.number}, and it is not.`))
    } else if (numbers.has(seen.number)) {
      wrong.push(violation("ToldTwice", `${who} was told of number ${seen.number} twice.`))
    } else if (seen.number < highest) {
      wrong.push(violation("ToldOutOfOrder", `${who} was told of number ${seen.number} after ${highest}.`))
    }
    numbers.add(seen.number)
    highest = Math.max(highest, seen.number)
  }
  const missed = history.filter(({ number }) => number > from && !numbers.has(number)).map(({ number }) => number)
  if (missed.length > 0) {
    const some = missed.slice(0, 5).join(", ")
    wrong.push(
      violation("Gap", `${who} was never told of ${missed.length} messages: ${some}${missed.length > 5 ? ", …" : ""}.`)
    )
  }
  return wrong
}
