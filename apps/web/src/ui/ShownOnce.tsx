import { onMount } from "solid-js"
import type { JSX } from "solid-js"
import { Copyable } from "./Copyable.tsx"

/** A link or a secret that is shown now and never again, with a button that copies it. It comes into sight whole, and takes the focus. */
export const ShownOnce = (props: {
  readonly hint: string
  readonly label: string
  readonly value: string
  readonly copy: string
  readonly copied: string
  /** What can be done with it. */
  readonly children?: JSX.Element
}): JSX.Element => {
  let box: HTMLElement | undefined
  // Where a list above it grows in the same turn, it is pushed down first.
  onMount(() => queueMicrotask(() => box?.scrollIntoView({ block: "nearest" })))
  return (
    <div ref={(element) => (box = element)} class="scroll-my-3 rounded-lg border border-accent bg-accent-soft p-3">
      <p role="alert" class="mb-2 text-sm text-strong">
        {props.hint}
      </p>
      <Copyable label={props.label} value={props.value} copy={props.copy} copied={props.copied} isFirst />
      {props.children}
    </div>
  )
}
