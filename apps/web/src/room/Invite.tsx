import { Show, createSignal, onCleanup } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { copyText } from "../ui/clipboard.ts"
import { pathOf } from "../ui/router.ts"

/** How long it says that it has copied, and that the link is of little use, in milliseconds. */
const saysSoMillis = 2500
const warnsMillis = 12_000

/** Whether a page of that host is one that only this machine can open. */
const isOnlyHere = (host: string) => /^(localhost|127\.[\d.]+|\[::1\])$/.test(host)

/**
 * Copies the link of the room. Where a browser lets no page copy, the link stands there to be copied by hand. Either way it is said
 * when the link is good on this machine alone.
 */
export const Invite = (props: { readonly slug: string; readonly isCompact?: boolean }): JSX.Element => {
  const { say } = useShell()
  const [state, setState] = createSignal<"idle" | "copied" | "byHand">("idle")
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const { hostname } = location
  const warning = isOnlyHere(hostname) ? texts.invite.onlyHere(hostname) : undefined
  const link = () => location.origin + pathOf(props.slug)
  const invite = async () => {
    const isCopied = await copyText(link())
    setState(isCopied ? "copied" : "byHand")
    clearTimeout(timer)
    const sentences = [isCopied ? texts.invite.copied : undefined, warning].filter((sentence) => sentence !== undefined)
    if (sentences.length > 0) say(sentences.join(". "))
    if (!isCopied) return
    timer = setTimeout(() => setState("idle"), warning === undefined ? saysSoMillis : warnsMillis)
  }
  const isCopied = () => state() === "copied"
  return (
    <div class="relative min-w-0">
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
      <Show when={state() !== "idle" && warning}>
        {(sentence) => (
          <p class="absolute end-0 top-full z-20 mt-1.5 w-60 rounded-lg border border-line bg-raised p-3 text-start text-sm text-pretty text-normal shadow-floating">
            {sentence()}
          </p>
        )}
      </Show>
    </div>
  )
}
