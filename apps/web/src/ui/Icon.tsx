// The few icons of the interface, drawn on a grid of 24 with a line of 1.75.
import type { JSX } from "solid-js"

const paths = {
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  arrowUp: "M12 19V5M6 11l6-6 6 6",
  bin: "M4.500 7h15M9.500 7V5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v2M6.500 7l.8 11.600A1.500 1.500 0 0 0 8.800 20h6.400a1.500 1.500 0 0 0 1.500-1.400L17.500 7M10.500 11v5M13.500 11v5",
  check: "M5 12.500 10 17.500 19 7",
  chevron: "M8 10l4 4 4-4",
  close: "M6 6l12 12M18 6 6 18",
  invite:
    "M15 20c-.4-3.600-2.900-5.500-6.250-5.500S2.900 16.400 2.500 20M8.750 11.250a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M18.500 8v6M15.500 11h6",
  lock: "M7.500 11V8a4.500 4.500 0 0 1 9 0v3M6.500 11h11A1.500 1.500 0 0 1 19 12.500v6a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 5 18.500v-6A1.500 1.500 0 0 1 6.500 11",
  menu: "M4 7h16M4 12h16M4 17h10",
  panel:
    "M9.500 5v14M5.500 5h13A1.500 1.500 0 0 1 20 6.500v11a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500v-11A1.500 1.500 0 0 1 5.500 5",
  pencil: "M4.500 19.500l.9-4L16 4.900a1.500 1.500 0 0 1 2.100 0l1 1a1.500 1.500 0 0 1 0 2.100L8.500 18.600zM14 7l3 3",
  people:
    "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20c.6-3.600 3.200-5.500 6.500-5.500s5.900 1.900 6.500 5.500M16 4.800a3.500 3.500 0 0 1 0 6.400M18 14.900c2 .8 3.200 2.600 3.500 5.100",
  shield: "M12 3.500 5 6v5.500c0 4.300 2.800 7.400 7 9 4.200-1.600 7-4.700 7-9V6zM9 12l2.200 2.200L15.200 10",
  plus: "M12 5v14M5 12h14",
  warning: "M12 8v5M12 16.500v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18"
} as const

/** An icon the size of the text around it; decoration, so whatever holds it has a name of its own. */
export const Icon = (props: { readonly name: keyof typeof paths; readonly size?: number }): JSX.Element => (
  <svg
    viewBox="0 0 24 24"
    width={props.size ?? 18}
    height={props.size ?? 18}
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={paths[props.name]} />
  </svg>
)
