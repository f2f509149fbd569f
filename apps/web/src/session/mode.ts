// What somebody is asked for who comes in: a name, what they log in with, or an account.
import type { ServerTerms } from "@messenger/client/Messenger"
import type { Route } from "../ui/router.ts"

/** `name`: a visitor picks one and is a guest. */
export type Mode = "name" | "login" | "register"

/** Who comes in, and where to. */
export interface Coming {
  readonly route: Route
  /** Where they wanted to go. */
  readonly goal: Route
  readonly terms: ServerTerms
  /** Whether they are a guest, who wants an account or has to have one. */
  readonly isGuest: boolean
}

/** What to ask for first. The log-in and registration pages ask for what they are named after. */
export const modeOf = ({ route, goal, terms, isGuest }: Coming): Mode => {
  if (route._tag === "Page" && route.page !== "settings") return route.page
  const canRegister = terms.registration === "open" || linkInto(goal, terms) !== undefined
  if (!isGuest && terms.guests && needsNoAccount(goal)) return "name"
  // Who follows a link is new here more often than not.
  return goal._tag === "Link" && canRegister ? "register" : "login"
}

/** Whether a guest gets there. */
export const needsNoAccount = (goal: Route): boolean => goal._tag !== "Link" || goal.kind !== "claim"

/** The kind of the link one follows, if it lets somebody register where not everybody may. A link to ownership always does. */
export const linkInto = (
  goal: Route,
  { registration }: Pick<ServerTerms, "registration">
): "invite" | "claim" | undefined => {
  if (goal._tag !== "Link" || registration === "open") return undefined
  if (goal.kind === "claim") return "claim"
  return goal.kind === "invite" && registration === "invite" ? "invite" : undefined
}

/** Whether a route is a page that asks a guest for an account. */
export const asksForAccount = (route: Route): boolean =>
  (route._tag === "Page" && route.page !== "settings") || (route._tag === "Link" && route.kind === "claim")
