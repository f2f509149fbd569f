// The cast: the people of a small company that makes software for those who deliver what they bake, grow and bind: orders, rounds,
// labels, invoices. None of them exists.

/** How somebody writes. */
export interface Voice {
  /** `lower` writes no capital where a sentence begins and ends no line with a full stop; `careful` always does both. */
  readonly style: "plain" | "lower" | "careful"
  /** What they put behind a line now and then, and how often, from 0 to 1. */
  readonly emoji: ReadonlyArray<string>
  readonly emojiRate: number
  /** How often they send two sentences as two messages, from 0 to 1. */
  readonly bursts: number
  /** How often a slip of theirs is noticed and mended, from 0 to 1. */
  readonly slips: number
}

/** What somebody works on; it decides which rooms they are in. */
export type Team = "platform" | "web" | "mobile" | "design" | "product" | "support" | "sales" | "people"

/** One of the cast. */
export interface Person {
  readonly username: string
  readonly name: string
  readonly team: Team
  readonly role: string
  /** An IANA time zone. */
  readonly zone: string
  /** How much they write, where 1 is usual. */
  readonly talk: number
  readonly voice: Voice
}

/** A program that posts. */
export interface App {
  readonly key: "Deploys" | "Alerts"
  readonly name: string
}

const plain: Voice = { style: "plain", emoji: ["🙂"], emojiRate: 0.02, bursts: 0.1, slips: 0.012 }
const terse: Voice = { style: "lower", emoji: [], emojiRate: 0, bursts: 0.05, slips: 0.004 }
const quick: Voice = { style: "lower", emoji: ["😅", "🙏", "👀"], emojiRate: 0.05, bursts: 0.45, slips: 0.03 }
const chatty: Voice = { style: "plain", emoji: ["😄", "🎉", "🙌"], emojiRate: 0.09, bursts: 0.4, slips: 0.02 }
const bright: Voice = { style: "plain", emoji: ["✨", "💛", "🌱", "😊"], emojiRate: 0.16, bursts: 0.25, slips: 0.012 }
const careful: Voice = { style: "careful", emoji: [], emojiRate: 0, bursts: 0, slips: 0.006 }
const dry: Voice = { style: "careful", emoji: ["🙃"], emojiRate: 0.03, bursts: 0.08, slips: 0.004 }

const lisbon = "Europe/Lisbon"
const berlin = "Europe/Berlin"
const montreal = "America/Toronto"
const bengaluru = "Asia/Kolkata"
const auckland = "Pacific/Auckland"

const person = (
  username: string,
  name: string,
  team: Team,
  role: string,
  zone: string,
  voice: Voice,
  talk = 1
): Person => ({ username, name, team, role, zone, talk, voice })

/** The fifty. `ada` owns the server. */
export const people: ReadonlyArray<Person> = [
  person("ada", "Ada Okonkwo", "platform", "Head of engineering", lisbon, plain, 1.4),
  person("bruno", "Bruno Tavares", "platform", "Engineer, orders", lisbon, quick, 1.3),
  person("chiara", "Chiara Bellandi", "platform", "Engineer, routing", berlin, careful, 1.2),
  person("devika", "Devika Rao", "platform", "Engineer, invoices", bengaluru, plain, 1.3),
  person("emre", "Emre Yıldız", "platform", "Site reliability", berlin, terse, 1.4),
  person("fatou", "Fatou Diallo", "platform", "Site reliability", montreal, chatty, 1.2),
  person("goran", "Goran Petrović", "platform", "Databases", berlin, dry, 1),
  person("hana", "Hana Kobayashi", "platform", "Engineer, search", auckland, careful, 0.8),
  person("ilse", "Ilse van Dam", "platform", "Engineer, imports", berlin, plain, 1),
  person("joaquin", "Joaquín Ferreyra", "platform", "Security", montreal, dry, 0.8),
  person("kavya", "Kavya Menon", "platform", "Engineer, notifications", bengaluru, bright, 1),
  person("lars", "Lars Nyström", "web", "Lead, web", berlin, terse, 1.2),
  person("mina", "Mina Farahani", "web", "Engineer, shop", berlin, quick, 1.3),
  person("noor", "Noor Haddad", "web", "Engineer, planner", lisbon, plain, 1.1),
  person("oscar", "Oscar Lindgren", "web", "Engineer, planner", montreal, chatty, 1),
  person("priya", "Priya Nair", "web", "Accessibility", bengaluru, careful, 1),
  person("quentin", "Quentin Marchand", "web", "Engineer, shop", montreal, quick, 0.9),
  person("rosa", "Rosa Quispe", "web", "Engineer, labels", montreal, bright, 0.9),
  person("samuel", "Samuel Mensah", "mobile", "Lead, drivers' app", lisbon, plain, 1.2),
  person("tuuli", "Tuuli Aaltonen", "mobile", "Engineer, iOS", berlin, terse, 0.9),
  person("ulises", "Ulises Ortega", "mobile", "Engineer, Android", montreal, quick, 1),
  person("vera", "Vera Dimitrova", "mobile", "Quality", berlin, dry, 1.1),
  person("wanjiru", "Wanjiru Kamau", "mobile", "Engineer, maps", lisbon, chatty, 1),
  person("xiaoling", "Xiaoling Zhu", "mobile", "Quality", auckland, plain, 0.7),
  person("yara", "Yara Sleiman", "design", "Lead, design", lisbon, plain, 1.2),
  person("zoltan", "Zoltán Kerekes", "design", "Designer, shop", berlin, dry, 1),
  person("amara", "Amara Eze", "design", "Designer, planner", lisbon, bright, 1.1),
  person("bjork", "Björk Ægisdóttir", "design", "Research", lisbon, careful, 0.8),
  person("cormac", "Cormac Byrne", "design", "Writer", lisbon, chatty, 1.2),
  person("delphine", "Delphine Roy", "product", "Head of product", montreal, plain, 1.1),
  person("elif", "Elif Aydın", "product", "Product, planner", berlin, quick, 1.1),
  person("farid", "Farid Rahimi", "product", "Product, shop", berlin, plain, 1),
  person("grace", "Grace Nakamura", "product", "Product, drivers", auckland, careful, 0.7),
  person("henrik", "Henrik Solberg", "product", "Data", berlin, dry, 1),
  person("isabel", "Isabel Couto", "support", "Lead, support", lisbon, plain, 1.4),
  person("jamal", "Jamal Whitaker", "support", "Support", montreal, chatty, 1.3),
  person("keiko", "Keiko Arai", "support", "Support", auckland, careful, 1),
  person("luca", "Luca Ferri", "support", "Support", berlin, quick, 1.2),
  person("marisol", "Marisol Vega", "support", "Support", montreal, bright, 1.2),
  person("nikhil", "Nikhil Joshi", "support", "Support", bengaluru, plain, 1.1),
  person("olena", "Olena Shevchuk", "sales", "Head of customers", berlin, plain, 1),
  person("pedro", "Pedro Salgado", "sales", "Customers", lisbon, chatty, 1.1),
  person("rana", "Rana Mahmoud", "sales", "Customers", lisbon, bright, 0.9),
  person("sigrid", "Sigrid Haugen", "sales", "Customers", berlin, careful, 0.8),
  person("tariq", "Tariq Bensalem", "sales", "Partners", montreal, plain, 0.8),
  person("uma", "Uma Krishnan", "people", "Head of people", bengaluru, plain, 1),
  person("viktor", "Viktor Novák", "people", "Finance", berlin, dry, 0.8),
  person("wren", "Wren Castillo", "people", "Office and travel", lisbon, bright, 1.3),
  person("yusuf", "Yusuf Demir", "people", "IT", berlin, terse, 1),
  person("zanele", "Zanele Dube", "people", "Hiring", lisbon, chatty, 1)
]

/** What posts without being anybody. */
export const apps: ReadonlyArray<App> = [
  { key: "Deploys", name: "Deploys" },
  { key: "Alerts", name: "Watchtower" }
]
