import type { User } from "@messenger/protocol/Account"
import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { ApiToken, ServiceAccount } from "@messenger/protocol/PeopleRpcs"
import { For, Show, createMemo, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText } from "../texts.ts"
import type { TellableError } from "../texts.ts"
import { Field, FormAlert, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import { byName } from "../ui/order.ts"
import type { Typed } from "../ui/form.ts"
import { AppCard } from "./AppCard.tsx"
import { Skeleton } from "./Skeleton.tsx"
import { Trouble } from "./Trouble.tsx"
import { words } from "./words.ts"

/** The accounts that apps act with, and the tokens they come with. */
export const Apps = (): JSX.Element => {
  const { messenger, current, say } = useShell()
  const [apps, setApps] = createSignal<ReadonlyArray<ServiceAccount>>()
  const [error, setError] = createSignal<TellableError>()
  // By id, so that an app stays the element it was, and the focus in it, when its tokens change.
  const ids = createMemo(
    () =>
      apps()
        ?.toSorted(byName(({ user }) => current(user).name))
        .map(({ user }) => user.id) ?? []
  )
  const load = async () => {
    const outcome = await messenger.call("ListServiceAccounts")
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setApps(outcome.value)
  }
  onMount(() => void load())
  const added = (user: User) => {
    setApps((before) => [{ user, isActive: true, tokens: [] }, ...(before ?? [])])
    say(words.apps.added(user.name))
  }
  const setTokens = ({ id }: User, change: (tokens: ReadonlyArray<ApiToken>) => ReadonlyArray<ApiToken>) =>
    setApps((before) => before?.map((app) => (app.user.id === id ? { ...app, tokens: change(app.tokens) } : app)))
  return (
    <div class="max-w-160">
      <p class="mb-4 text-pretty text-normal">{words.apps.hint}</p>
      <NewApp onMade={added} />
      <Show
        when={apps()}
        fallback={
          <Show when={error() === undefined}>
            <Skeleton />
          </Show>
        }
      >
        {(known) => (
          <ul class="flex flex-col gap-3" aria-label={words.sections.apps}>
            <For each={ids()} fallback={<li class="py-3 text-muted">{words.apps.none}</li>}>
              {(id) => (
                <Show when={known().find(({ user }) => user.id === id)}>
                  {(app) => <AppCard app={app()} onTokens={(change) => setTokens(app().user, change)} />}
                </Show>
              )}
            </For>
          </ul>
        )}
      </Show>
      <Trouble error={error()} onAgain={apps() === undefined ? () => void load() : undefined} />
    </div>
  )
}

const NewApp = (props: { readonly onMade: (user: User) => void }): JSX.Element => {
  const { messenger } = useShell()
  const form = createForm({
    check: (typed: Typed<"name">) => {
      const name = parseDisplayName(typed("name"))
      return [["name", name instanceof NameInvalid ? errorText(name) : undefined]]
    },
    placeOf: ({ _tag }) => (_tag === "NameInvalid" || _tag === "NameTaken" ? "name" : undefined),
    send: async (typed) => {
      const outcome = await messenger.call("CreateServiceAccount", { name: typed("name") })
      if (outcome.isOk) props.onMade(outcome.value)
      return outcome
    },
    onDone: () => form.clear()
  })
  return (
    <form class="flex flex-wrap items-start gap-x-2" onSubmit={form.onSubmit} novalidate>
      <div class="min-w-50 flex-1">
        <Field form={form} name="name" kind="name" label={words.apps.name} autocomplete="off" enterkeyhint="done" />
      </div>
      {/* Beside the field, which stands below its label. */}
      <div class="mt-6">
        <Submit form={form} label={words.apps.add} isWide />
      </div>
      <div class="w-full" classList={{ hidden: form.wrong() === undefined }}>
        <FormAlert form={form} />
      </div>
    </form>
  )
}
