import { Show, createSignal, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { copyText } from "../ui/clipboard.ts"
import { pathOf } from "../ui/router.ts"

/** How long it says that it has copied, in milliseconds. */
const saysSoMillis = 2500

/** Copies the link of the room. Where a browser lets no page copy, the link stands there to be copied by hand. */
export const Invite = (props: { readonly slug: string; readonly isCompact?: boolean }): JSX.Element => {
  const { say } = useShell()
  const [state, setState] = createSignal<"idle" | "copied" | "byHand">("idle")
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const link = () => location.origin + pathOf(props.slug)
  const invite = async () => {
    const isCopied = await copyText(link())
    setState(isCopied ? "copied" : "byHand")
    if (!isCopied) return
    say(texts.invite.copied)
    clearTimeout(timer)
    timer = setTimeout(() => setState("idle"), saysSoMillis)
  }
  const isCopied = () => state() === "copied"
  return (
    <Show
      when={state() !== "byHand"}
      fallback={
        <input
          ref={(field) => queueMicrotask(() => field.select())}
          class="field h-9 max-w-70 min-w-0 text-sm"
          readonly
          value={link()}
          aria-label={texts.invite.byHand}
          onBlur={() => setState("idle")}
        />
      }
    >
      <button
        type="button"
        class={
          props.isCompact === true
            ? "icon-button w-auto! min-w-8.5 grid-flow-col gap-1.5 px-2 pointer-coarse:min-w-11"
            : "button button-primary"
        }
        onClick={() => void invite()}
      >
        <Icon name={isCopied() ? "check" : "invite"} />
        <span
          class="text-sm font-[550] whitespace-nowrap"
          classList={{ "sr-only two:not-sr-only": props.isCompact === true && !isCopied() }}
        >
          {isCopied() ? texts.invite.copied : texts.invite.action}
        </span>
      </button>
    </Show>
  )
}
