import type { User, UserId } from "@messenger/protocol/Account"
import type { AccountSummary } from "@messenger/protocol/PeopleRpcs"
import type { ServerRole } from "@messenger/protocol/Rights"
import { For, Show, createMemo, createSignal, createUniqueId, onCleanup, onMount } from "solid-js"
import type { JSX } from "solid-js"
import type { TellableError } from "../texts.ts"
import { Ask } from "../ui/Ask.tsx"
import type { Question } from "../ui/Confirm.tsx"
import { useShell } from "../ui/Shell.ts"
import { ShownOnce } from "../ui/ShownOnce.tsx"
import { byName } from "../ui/order.ts"
import { whenText } from "../ui/when.ts"
import { PersonRow } from "./PersonRow.tsx"
import type { ResetLink } from "./PersonRow.tsx"
import { Skeleton } from "./Skeleton.tsx"
import { Trouble } from "./Trouble.tsx"
import { words } from "./words.ts"

/** How long somebody types on before what they typed is searched for, in milliseconds. */
const pauseMillis = 200

type Accounts = ReadonlyMap<UserId, AccountSummary>

/** Everybody who has an account, a page at a time or by a part of their name, and what may be done about each. */
export const People = (props: {
  readonly me: User
  readonly myRole: ServerRole
  readonly ask: (question: Question) => void
}): JSX.Element => {
  const { messenger, current, say } = useShell()
  // By id, so that a row stays the row it was, and the focus in it, when something about the person changes.
  const [accounts, setAccounts] = createSignal<Accounts>()
  const [next, setNext] = createSignal<UserId | null>(null)
  const [error, setError] = createSignal<TellableError>()
  const [link, setLink] = createSignal<ResetLink>()
  const ids = createMemo(() => {
    const shown = [...(accounts()?.values() ?? [])]
    return shown.toSorted(byName(({ user }) => current(user).name)).map(({ user }) => user.id)
  })
  let search = ""
  // Raised with every list that is begun: what is on its way for another search is not shown.
  let begun = 0
  let list: HTMLElement | undefined

  const load = async (after: UserId | null): Promise<boolean> => {
    const mine = after === null ? ++begun : begun
    const page = await messenger.call("ListAccounts", { search, after })
    if (mine !== begun) return false
    setError(page.isOk ? undefined : page.error)
    if (!page.isOk) return false
    const shown = after === null ? [] : [...(accounts() ?? [])]
    setAccounts(new Map([...shown, ...page.value.accounts.map((one) => [one.user.id, one] as const)]))
    setNext(page.value.next)
    return true
  }
  const more = async () => {
    const isHere = await load(next())
    // The button that was pressed is gone with the last page.
    if (isHere && next() === null) list?.focus({ preventScroll: true })
  }
  onMount(() => void load(null))

  let pause: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(pause))
  const searchFor = async () => {
    if (await load(null)) say(words.people.found(ids().length, next() !== null))
  }
  const change = (id: UserId, part: Partial<Pick<AccountSummary, "role" | "isActive">>) =>
    setAccounts((before) => {
      const known = before?.get(id)
      return known === undefined ? before : new Map(before).set(id, { ...known, ...part })
    })
  return (
    <>
      <Search
        onType={(typed) => {
          search = typed.trim()
          clearTimeout(pause)
          pause = setTimeout(() => void searchFor(), pauseMillis)
        }}
      />
      <Show
        when={accounts()}
        fallback={
          <Show when={error() === undefined}>
            <Skeleton />
          </Show>
        }
      >
        {(known) => (
          <ul
            ref={(element) => (list = element)}
            tabindex={-1}
            class="flex flex-col outline-none"
            aria-label={words.sections.people}
          >
            <For each={ids()} fallback={<li class="py-3 text-muted">{words.people.nobody}</li>}>
              {(id) => (
                <Show when={known().get(id)}>
                  {(account) => (
                    <PersonRow
                      account={account()}
                      me={props.me}
                      myRole={props.myRole}
                      ask={props.ask}
                      onChanged={(part) => change(id, part)}
                      onLink={setLink}
                    />
                  )}
                </Show>
              )}
            </For>
          </ul>
        )}
      </Show>
      <Trouble error={error()} onAgain={accounts() === undefined ? () => void load(null) : undefined} />
      <Show when={next() !== null}>
        <button type="button" class="button mt-3 w-full" onClick={() => void more()}>
          {words.people.more}
        </button>
      </Show>
      <LinkDialog link={link()} onClose={() => setLink(undefined)} />
    </>
  )
}

const Search = (props: { readonly onType: (typed: string) => void }): JSX.Element => {
  const id = createUniqueId()
  return (
    <search class="mb-3 block">
      <label class="mb-1.5 block text-sm font-[550]" for={id}>
        {words.people.search}
      </label>
      <input
        id={id}
        type="search"
        class="field max-w-100"
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        enterkeyhint="search"
        dir="auto"
        maxlength={100}
        onInput={(event) => props.onType(event.currentTarget.value)}
      />
    </search>
  )
}

const LinkDialog = (props: { readonly link: ResetLink | undefined; readonly onClose: () => void }): JSX.Element => {
  // What it says stays while it fades.
  const shown = createMemo<ResetLink | undefined>((before) => props.link ?? before)
  return (
    <Ask
      isOpen={props.link !== undefined}
      title={words.people.resetTitle(shown()?.name ?? "")}
      description={words.people.resetText(whenText(shown()?.expiresAt ?? 0, Date.now()))}
      onClose={props.onClose}
    >
      <div class="mt-4">
        <ShownOnce
          hint={words.people.resetHint}
          label={words.people.resetLabel}
          value={shown()?.url ?? ""}
          copy={words.copy}
          copied={words.copied}
        />
      </div>
      <div class="mt-4 flex justify-end">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words.done}
        </button>
      </div>
    </Ask>
  )
}
