import type { ApiToken, ServiceAccount } from "@messenger/protocol/PeopleRpcs"
import { For, Show, createMemo, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../presence/Avatar.tsx"
import { Ask } from "../ui/Ask.tsx"
import { useShell } from "../ui/Shell.ts"
import { whenText } from "../ui/when.ts"
import { NewToken } from "./NewToken.tsx"
import { RevokeToken } from "./RevokeToken.tsx"
import { words } from "./words.ts"

type Tokens = ReadonlyArray<ApiToken>

/** An app and the tokens it may come with. */
export const AppCard = (props: {
  readonly app: ServiceAccount
  readonly onTokens: (change: (tokens: Tokens) => Tokens) => void
}): JSX.Element => {
  const { current, say } = useShell()
  const user = () => current(props.app.user)
  const [isMaking, setMaking] = createSignal(false)
  const [isMade, setMade] = createSignal(false)
  const [revoking, setRevoking] = createSignal<ApiToken>()
  // What it says stays while it fades.
  const shown = createMemo<ApiToken | undefined>((before) => revoking() ?? before)
  let title: HTMLElement | undefined
  return (
    <li class="rounded-lg border border-line bg-raised px-4 py-3">
      <div class="flex items-center gap-3">
        <Avatar user={user()} isSmall />
        <h2
          ref={(element) => (title = element)}
          tabindex={-1}
          class="min-w-0 truncate font-[620] outline-none"
          dir="auto"
        >
          {user().name}
        </h2>
        <Show when={!props.app.isActive}>
          <span class="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 text-danger">
            {words.people.deactivated}
          </span>
        </Show>
        <span class="grow" />
        <button
          type="button"
          class="button flex-none"
          aria-haspopup="dialog"
          aria-label={words.apps.makeTokenFor(user().name)}
          onClick={() => {
            setMade(false)
            setMaking(true)
          }}
        >
          {words.apps.makeToken}
        </button>
      </div>
      <ul class="mt-2 flex flex-col">
        <For each={props.app.tokens} fallback={<li class="pt-1 text-sm text-muted">{words.apps.noTokens}</li>}>
          {(token) => <TokenRow token={token} app={user().name} onRevoke={() => setRevoking(token)} />}
        </For>
      </ul>
      <Ask
        isOpen={isMaking()}
        title={isMade() ? words.apps.tokenTitle(user().name) : words.apps.makeTokenFor(user().name)}
        description={isMade() ? words.apps.tokenText : ""}
        onClose={() => setMaking(false)}
      >
        <NewToken
          app={props.app.user}
          onMade={(token) => {
            setMade(true)
            props.onTokens((tokens) => [...tokens, token])
          }}
          onClose={() => setMaking(false)}
        />
      </Ask>
      <Ask
        isOpen={revoking() !== undefined}
        title={words.apps.revokeTitle(shown()?.name ?? "")}
        description={words.apps.revokeText}
        onClose={() => setRevoking(undefined)}
      >
        <Show when={shown()}>
          {(token) => (
            <RevokeToken
              token={token()}
              onRevoked={() => {
                props.onTokens((tokens) => tokens.filter(({ id }) => id !== token().id))
                setRevoking(undefined)
                say(words.apps.revoked(token().name))
                // What was pressed is gone with its row.
                title?.focus()
              }}
              onClose={() => setRevoking(undefined)}
            />
          )}
        </Show>
      </Ask>
    </li>
  )
}

const TokenRow = (props: {
  readonly token: ApiToken
  readonly app: string
  readonly onRevoke: () => void
}): JSX.Element => {
  const used = () =>
    props.token.lastUsedAt === null
      ? words.apps.neverUsed
      : words.apps.used(whenText(props.token.lastUsedAt, Date.now()))
  const made = () => words.apps.made(whenText(props.token.createdAt, Date.now()))
  return (
    <li class="flex items-center gap-3 border-t border-line py-2">
      <div class="min-w-0 flex-1 text-sm">
        <p class="truncate" dir="auto">
          {props.token.name}
        </p>
        <p class="text-muted">{`${words.apps.scopeMarks[props.token.scope]} · ${used()} · ${made()}`}</p>
      </div>
      <button
        type="button"
        class="button flex-none text-sm"
        aria-haspopup="dialog"
        aria-label={words.apps.revokeOf(props.token.name, props.app)}
        onClick={() => props.onRevoke()}
      >
        {words.apps.revoke}
      </button>
    </li>
  )
}
