import type { CallFailure, CallSuccess, Outcome } from "@messenger/client/Messenger"
import type { Invite, InviteId } from "@messenger/protocol/Link"
import { linkPath } from "@messenger/protocol/Link"
import { For, Show, createSignal, createUniqueId, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { ShownOnce } from "../../ui/ShownOnce.tsx"
import { useShell } from "../../ui/Shell.ts"
import { whenText } from "../../ui/when.ts"
import { words } from "./words.ts"

/** Invitations into one room, or into the server. */
export interface InvitationsProps {
  readonly hint: string
  readonly list: () => Promise<Outcome<ReadonlyArray<Invite>, CallFailure<"ListRoomInvites" | "ListServerInvites">>>
  readonly make: (terms: {
    readonly days: number
    readonly uses: number | null
  }) => Promise<Outcome<CallSuccess<"InviteToRoom">, CallFailure<"InviteToRoom" | "InviteToServer">>>
  readonly revoke: (id: InviteId) => Promise<Outcome<void, CallFailure<"RevokeRoomInvite" | "RevokeServerInvite">>>
  readonly ask: (question: Question) => void
}

const dayChoices = [1, 7, 30, 90] as const
const useChoices = [1, 5, 25, 100, null] as const

/** The links that still work, and a way to make another and to take one back. */
export const Invitations = (props: InvitationsProps): JSX.Element => {
  const { say } = useShell()
  const titleId = createUniqueId()
  const [invites, setInvites] = createSignal<ReadonlyArray<Invite>>()
  const [error, setError] = createSignal<TellableError>()
  const [link, setLink] = createSignal<string>()
  const [days, setDays] = createSignal(7)
  const [uses, setUses] = createSignal<number | null>(1)
  const [isBusy, setBusy] = createSignal(false)
  let title: HTMLElement | undefined
  const load = async () => {
    const outcome = await props.list()
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setInvites(outcome.value)
  }
  onMount(() => void load())
  const make = async () => {
    if (isBusy()) return
    setBusy(true)
    setLink(undefined)
    const outcome = await props.make({ days: days(), uses: uses() })
    setBusy(false)
    setError(outcome.isOk ? undefined : outcome.error)
    if (!outcome.isOk) return
    setLink(`${location.origin}${linkPath.invite}#${outcome.value.token}`)
    setInvites((before) => [outcome.value.invite, ...(before ?? [])])
  }
  const revoke = (invite: Invite, opener: HTMLElement) =>
    props.ask({
      title: words.invitations.revokeTitle,
      text: words.invitations.revokeText,
      action: words.invitations.revoke,
      opener,
      act: async () => {
        const outcome = await props.revoke(invite.id)
        // Whoever else took it back has done what was asked for.
        if (!outcome.isOk && outcome.error._tag !== "InviteNotFound") return outcome
        setInvites((before) => before?.filter(({ id }) => id !== invite.id))
        say(words.invitations.revoked)
        return { isOk: true }
      },
      onDone: () => title?.focus()
    })
  return (
    <section aria-labelledby={titleId}>
      <h3 ref={(element) => (title = element)} id={titleId} tabindex={-1} class="font-[620] outline-none">
        {words.invitations.title}
      </h3>
      <p class="text-sm text-normal">{props.hint}</p>
      <form
        class="mt-3 flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <Choice
          label={words.invitations.days}
          choices={dayChoices}
          value={days()}
          nameOf={words.invitations.inDays}
          onChoose={setDays}
        />
        <Choice
          label={words.invitations.uses}
          choices={useChoices}
          value={uses()}
          nameOf={words.invitations.people}
          onChoose={(chosen) => setUses(chosen)}
        />
        <button type="submit" class="button min-h-11" aria-disabled={isBusy()}>
          {words.invitations.make}
        </button>
      </form>
      <p role="alert" class="text-sm text-danger" classList={{ "mt-2": error() !== undefined }}>
        <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
      </p>
      <Show when={link()} keyed>
        {(made) => (
          <div class="mt-3">
            <ShownOnce
              hint={words.invitations.made}
              label={words.secret.label}
              value={made}
              copy={words.secret.copy}
              copied={words.secret.copied}
            />
          </div>
        )}
      </Show>
      <Show when={invites()}>
        {(known) => (
          <ul class="mt-2 flex flex-col">
            <For each={known()} fallback={<li class="py-2 text-sm text-muted">{words.invitations.none}</li>}>
              {(invite) => <Row invite={invite} onRevoke={(opener) => revoke(invite, opener)} />}
            </For>
          </ul>
        )}
      </Show>
    </section>
  )
}

const Row = (props: { readonly invite: Invite; readonly onRevoke: (opener: HTMLElement) => void }): JSX.Element => {
  const { current } = useShell()
  const name = () => current(props.invite.createdBy).name
  const made = () => whenText(props.invite.createdAt, Date.now())
  return (
    <li class="flex items-center gap-3 border-t border-line py-2.5 first:border-t-0">
      <p class="min-w-0 flex-1 text-sm">
        <span class="block truncate" dir="auto">
          {words.invitations.by(name(), made())}
        </span>
        <span class="text-muted">
          {`${words.invitations.until(whenText(props.invite.expiresAt, Date.now()))}, ${words.invitations.left(props.invite.usesLeft)}`}
        </span>
      </p>
      <button
        type="button"
        class="button text-sm"
        aria-label={words.invitations.revokeOf(name(), made())}
        onClick={(event) => props.onRevoke(event.currentTarget)}
      >
        {words.invitations.revoke}
      </button>
    </li>
  )
}

const Choice = <Value extends number | null>(props: {
  readonly label: string
  readonly choices: ReadonlyArray<Value>
  readonly value: Value
  readonly nameOf: (value: Value) => string
  readonly onChoose: (value: Value) => void
}): JSX.Element => (
  <label class="min-w-32 flex-1">
    <span class="mb-1 block text-sm font-[550]">{props.label}</span>
    <select
      class="field select"
      onChange={(event) => {
        const chosen = props.choices[event.currentTarget.selectedIndex]
        if (chosen !== undefined) props.onChoose(chosen)
      }}
    >
      <For each={props.choices}>
        {(choice) => <option selected={choice === props.value}>{props.nameOf(choice)}</option>}
      </For>
    </select>
  </label>
)
