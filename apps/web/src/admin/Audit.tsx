import type { AuditEntry } from "@messenger/protocol/Audit"
import type { InboxView } from "@messenger/protocol/InboxView"
import { For, Show, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import type { TellableError } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { exactTime } from "../ui/times.ts"
import { whenText } from "../ui/when.ts"
import { Skeleton } from "./Skeleton.tsx"
import { Trouble } from "./Trouble.tsx"
import { sentenceFor } from "./sentences.ts"
import type { Sentence } from "./sentences.ts"
import { words } from "./words.ts"

/** Who did what that matters to safety, from the newest to the oldest, a page at a time. */
export const Audit = (props: { readonly inbox: InboxView }): JSX.Element => {
  const { messenger } = useShell()
  const [entries, setEntries] = createSignal<ReadonlyArray<AuditEntry>>()
  const [hasOlder, setHasOlder] = createSignal(false)
  const [error, setError] = createSignal<TellableError>()
  const [isBusy, setBusy] = createSignal(false)
  let list: HTMLElement | undefined
  const load = async () => {
    if (isBusy()) return
    setBusy(true)
    const page = await messenger.call("ReadAudit", { before: entries()?.at(-1)?.id ?? null })
    setBusy(false)
    setError(page.isOk ? undefined : page.error)
    if (!page.isOk) return
    const isMore = entries() !== undefined
    setEntries((before) => [...(before ?? []), ...page.value.entries])
    setHasOlder(page.value.hasOlder)
    // The button that was pressed is gone with the last page.
    if (isMore && !page.value.hasOlder) list?.focus({ preventScroll: true })
  }
  onMount(() => void load())
  const sentence = (entry: AuditEntry) =>
    sentenceFor(entry, (id) => {
      const room = props.inbox.rooms.get(id)?.room
      return room === undefined ? words.audit.hiddenRoom : `#${room.name}`
    })
  return (
    <>
      <p class="mb-3 text-pretty text-normal">{words.audit.hint}</p>
      <Show
        when={entries()}
        fallback={
          <Show when={error() === undefined}>
            <Skeleton />
          </Show>
        }
      >
        {(known) => (
          <ol
            ref={(element) => (list = element)}
            tabindex={-1}
            class="flex flex-col gap-2 outline-none two:gap-0"
            aria-label={words.sections.audit}
          >
            <For each={known()} fallback={<li class="py-3 text-muted">{words.audit.nothing}</li>}>
              {(entry) => <Row entry={entry} sentence={sentence(entry)} />}
            </For>
          </ol>
        )}
      </Show>
      <Trouble error={error()} onAgain={entries() === undefined ? () => void load() : undefined} />
      <Show when={hasOlder()}>
        <button type="button" class="button mt-3 w-full" aria-disabled={isBusy()} onClick={() => void load()}>
          {words.audit.older}
        </button>
      </Show>
    </>
  )
}

// A card on a phone; where there is room, a line with the time before it and the address behind.
const Row = (props: { readonly entry: AuditEntry; readonly sentence: Sentence }): JSX.Element => (
  <li class="flex flex-wrap gap-x-3 gap-y-0.5 rounded-md border border-line px-3 py-2.5 two:flex-nowrap two:items-baseline two:rounded-none two:border-0 two:border-t two:px-0 two:py-2 two:first:border-t-0">
    <p class="order-first w-full min-w-0 wrap-anywhere two:order-2 two:w-auto two:flex-1">
      <For each={props.sentence}>
        {(part) => (typeof part === "string" ? part : <bdi class="font-[550]">{part.name}</bdi>)}
      </For>
    </p>
    <time
      class="flex-none text-sm text-muted two:order-1 two:w-44"
      dateTime={new Date(props.entry.at).toISOString()}
      title={exactTime(props.entry.at)}
    >
      {whenText(props.entry.at, Date.now())}
    </time>
    <Show when={props.entry.address}>
      {(address) => (
        <span class="text-sm wrap-anywhere text-muted two:order-3 two:text-end">{words.audit.from(address())}</span>
      )}
    </Show>
  </li>
)
