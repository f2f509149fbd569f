import type { JSX } from "solid-js"
import { Copyable } from "./Copyable.tsx"

/** A link or a secret that is shown now and never again, with a button that copies it. It takes the focus as it comes. */
export const ShownOnce = (props: {
  readonly hint: string
  readonly label: string
  readonly value: string
  readonly copy: string
  readonly copied: string
  /** What can be done with it. */
  readonly children?: JSX.Element
}): JSX.Element => (
  <div class="rounded-lg border border-accent bg-accent-soft p-3">
    <p role="alert" class="mb-2 text-sm text-strong">
      {props.hint}
    </p>
    <Copyable label={props.label} value={props.value} copy={props.copy} copied={props.copied} isFirst />
    {props.children}
  </div>
)
