// The rooms: what each is for, who is in it, and how much is said there.
import type { Person, Team } from "./People.ts"

/** A room of the demo. */
export interface RoomPlan {
  /** Also its id and its part of the address. */
  readonly slug: string
  readonly topic: string
  readonly isPrivate: boolean
  /** Who writes there: all, or these teams and these people; of a private room these are the members. */
  readonly teams: ReadonlyArray<Team> | "all"
  readonly also: ReadonlyArray<string>
  /** The person who made it; becomes its owner. */
  readonly owner: string
  /** How many of 20,000 messages are said here. */
  readonly messages: number
  /** `work` rests at the week's end, `social` less so, `watch` never sleeps quite. */
  readonly rhythm: "work" | "social" | "watch"
  /** Where nobody puts a smile behind a line. */
  readonly isSerious: boolean
  /** How long an answer takes, where 1 is usual. */
  readonly pace: number
}

const room = (slug: string, topic: string, plan: Partial<RoomPlan> & { readonly messages: number }): RoomPlan => ({
  slug,
  topic,
  isPrivate: false,
  teams: "all",
  also: [],
  owner: "ada",
  rhythm: "work",
  isSerious: false,
  pace: 1,
  ...plan
})

/** The twenty. */
export const rooms: ReadonlyArray<RoomPlan> = [
  room("lobby", "Everyone is here. Be kind, be brief.", { messages: 2_300, owner: "wren" }),
  room("random", "Whatever does not belong anywhere else.", { messages: 2_300, owner: "cormac", rhythm: "social" }),
  room("engineering", "How we build it. Questions are welcome at any size.", {
    messages: 2_900,
    teams: ["platform", "web", "mobile"],
    also: ["henrik", "yusuf"]
  }),
  room("platform", "Orders, routing, invoices, and the machines below.", {
    messages: 2_200,
    teams: ["platform"],
    also: ["henrik", "lars"]
  }),
  room("web", "The shop and the planner, in browsers of any age.", {
    messages: 2_100,
    teams: ["web"],
    also: ["amara", "zoltan", "ada", "vera"],
    owner: "lars"
  }),
  room("mobile", "The drivers' app. Tested in real vans.", {
    messages: 1_500,
    teams: ["mobile"],
    also: ["grace", "amara", "kavya", "ada"],
    owner: "samuel"
  }),
  room("incidents", "One thread of events per incident. Times are UTC. No blame.", {
    messages: 500,
    isSerious: true,
    teams: ["platform"],
    also: ["lars", "samuel", "isabel", "luca", "jamal", "delphine", "noor", "vera"],
    owner: "emre",
    rhythm: "watch",
    pace: 1.4
  }),
  room("on-call", "Handovers, odd noises, and who has the phone.", {
    messages: 500,
    isSerious: true,
    teams: ["platform"],
    also: ["lars", "samuel", "noor", "ulises"],
    owner: "emre",
    rhythm: "watch"
  }),
  room("releases", "What goes out, when, and who watches it.", {
    messages: 600,
    teams: ["platform", "web", "mobile", "product"],
    also: ["isabel", "cormac"],
    owner: "lars"
  }),
  room("design", "Work in progress, shown early.", {
    messages: 600,
    teams: ["design"],
    also: ["priya", "mina", "noor", "elif", "farid", "tuuli", "delphine", "ada"],
    owner: "yara"
  }),
  room("product", "What we do next, and what we decided not to.", {
    messages: 400,
    teams: ["product"],
    also: ["ada", "yara", "bjork", "isabel", "olena", "lars", "samuel", "chiara"],
    owner: "delphine"
  }),
  room("support", "Customers' questions, asked on. Link the ticket.", {
    messages: 1_200,
    teams: ["support"],
    also: ["ada", "bruno", "devika", "mina", "samuel", "elif", "farid", "cormac", "ilse"],
    owner: "isabel"
  }),
  room("customers", "News from the people who pay us.", {
    messages: 350,
    teams: ["sales"],
    also: ["isabel", "delphine", "farid", "elif", "viktor", "ada"],
    owner: "olena"
  }),
  room("lunch", "Where, when, and is there still room at the table.", {
    messages: 700,
    owner: "pedro",
    pace: 0.7
  }),
  room("books", "This month's book, and all the others.", {
    messages: 300,
    owner: "cormac",
    rhythm: "social",
    pace: 3
  }),
  room("running", "Slow is fine.", { messages: 300, owner: "tuuli", rhythm: "social", pace: 2 }),
  room("music", "What are you listening to?", { messages: 300, owner: "ulises", rhythm: "social", pace: 1.6 }),
  room("pets", "Tax is paid in pictures. Descriptions accepted.", {
    messages: 350,
    owner: "rosa",
    rhythm: "social",
    pace: 1.4
  }),
  room("leads", "Weekly notes and what keeps us up at night.", {
    messages: 300,
    isPrivate: true,
    teams: [],
    also: ["ada", "lars", "samuel", "yara", "delphine", "isabel", "olena", "uma", "viktor"],
    owner: "ada"
  }),
  room("hiring", "Candidates by initials only. What is said here stays here.", {
    messages: 300,
    isSerious: true,
    isPrivate: true,
    teams: [],
    also: ["ada", "zanele", "uma", "lars", "samuel", "yara", "chiara", "isabel", "goran"],
    owner: "zanele"
  })
]

/** Whether somebody writes in a room. */
export const isIn = ({ teams, also }: RoomPlan, { team, username }: Person): boolean =>
  teams === "all" || teams.includes(team) || also.includes(username)
