import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"

/** Whether a media query holds, for as long as the owner lives. */
export const createMedia = (query: string): Accessor<boolean> => {
  const media = window.matchMedia(query)
  const [matches, setMatches] = createSignal(media.matches)
  const update = () => setMatches(media.matches)
  media.addEventListener("change", update)
  onCleanup(() => media.removeEventListener("change", update))
  return matches
}

/** Room for the rooms beside the conversation; the same as the breakpoint `two` of tokens.css. */
export const wideEnoughForRooms = "(min-width: 720px)"

/** Room for people as well; the same as the breakpoint `three` of tokens.css. */
export const wideEnoughForPeople = "(min-width: 1100px)"

/** A device that is used by touch: no hovering, and a keyboard that covers half the screen. */
export const touch = "(pointer: coarse)"
