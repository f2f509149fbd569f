import { createSignal, onCleanup, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { Icon } from "./Icon.tsx"
import { useShell } from "./Shell.ts"
import { copyText } from "./clipboard.ts"

/** How long it says that it has copied, in milliseconds. */
const saysSoMillis = 2500

/** A text to be taken elsewhere, with a button that copies it. */
export const Copyable = (props: {
  readonly label: string
  readonly value: string
  readonly copy: string
  readonly copied: string
  /** What the button is called, where there is more than one. */
  readonly copyLabel?: string | undefined
  /** It takes the focus as it comes, and its button leads. */
  readonly isFirst?: boolean
}): JSX.Element => {
  const { say } = useShell()
  const [isCopied, setCopied] = createSignal(false)
  let field: HTMLInputElement | undefined
  let button: HTMLButtonElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  onMount(() => props.isFirst === true && button?.focus())
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    // Where a browser lets no page copy, it is marked, to be copied by hand.
    if (!(await copyText(props.value))) return field?.select()
    setCopied(true)
    say(props.copied)
    clearTimeout(timer)
    timer = setTimeout(() => setCopied(false), saysSoMillis)
  }
  return (
    <div class="flex gap-2">
      <input
        ref={(element) => (field = element)}
        class="field min-w-0 flex-1 font-mono text-sm"
        readonly
        value={props.value}
        aria-label={props.label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        ref={(element) => (button = element)}
        type="button"
        class="button shrink-0"
        classList={{ "button-primary": props.isFirst === true }}
        aria-label={props.copyLabel}
        onClick={() => void copy()}
      >
        <Icon name={isCopied() ? "check" : "copy"} size={16} />
        {isCopied() ? props.copied : props.copy}
      </button>
    </div>
  )
}
