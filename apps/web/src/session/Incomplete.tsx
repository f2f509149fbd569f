import type { JSX } from "solid-js"
import { RouteLink } from "../ui/RouteLink.tsx"
import { Intro } from "./Card.tsx"
import { words } from "./words.ts"

/** A link whose token is not here: it was used here, or the link came without one. */
export const Incomplete = (): JSX.Element => (
  <>
    <Intro>{words.link.incomplete}</Intro>
    <RouteLink class="button mt-6 min-h-11" path="/">
      {words.link.home}
    </RouteLink>
  </>
)
