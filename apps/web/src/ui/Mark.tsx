import type { JSX } from "solid-js"

/** The sign of the product. */
export const Mark = (props: { readonly size: number }): JSX.Element => (
  <svg viewBox="0 0 32 32" width={props.size} height={props.size} aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="var(--color-accent)" />
    <path
      d="M9.500 8h13A3.500 3.500 0 0 1 26 11.500v6a3.500 3.500 0 0 1-3.500 3.500H15l-5.200 4.200a.5.5 0 0 1-.8-.4V21A3.500 3.500 0 0 1 6 17.500v-6A3.500 3.500 0 0 1 9.500 8z"
      fill="var(--color-on-accent)"
    />
    <path
      d="M11.500 14.500h.01M16 14.500h.01M20.500 14.500h.01"
      stroke="var(--color-accent)"
      stroke-width="2.600"
      stroke-linecap="round"
    />
  </svg>
)
