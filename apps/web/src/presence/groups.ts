import type { Person } from "@messenger/protocol/Presence"
import { byName } from "../ui/order.ts"

const byTheirName = byName(({ user }: Person) => user.name)

/** Those who are there and those who are away, each by name. Who does not want to be disturbed is there. */
export const inGroups = (people: ReadonlyArray<Person>): Readonly<Record<"online" | "away", ReadonlyArray<Person>>> => {
  const sorted = people.toSorted(byTheirName)
  return {
    online: sorted.filter(({ status }) => status !== "away"),
    away: sorted.filter(({ status }) => status === "away")
  }
}
