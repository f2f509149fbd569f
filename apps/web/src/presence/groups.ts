import type { Person } from "@messenger/protocol/Presence"

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

/** Those who are there and those who are away, each by name. Who does not want to be disturbed is there. */
export const inGroups = (people: ReadonlyArray<Person>): Readonly<Record<"online" | "away", ReadonlyArray<Person>>> => {
  const byName = people.toSorted((a, b) => collator.compare(a.user.name, b.user.name))
  return {
    online: byName.filter(({ status }) => status !== "away"),
    away: byName.filter(({ status }) => status === "away")
  }
}
