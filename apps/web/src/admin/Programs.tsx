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
import type { Typed } from "../ui/form.ts"
import { Program } from "./Program.tsx"
import { Skeleton } from "./Skeleton.tsx"
import { Trouble } from "./Trouble.tsx"
import { words } from "./words.ts"

/** The accounts that programs act with, and the tokens they come with. */
export const Programs = (): JSX.Element => {
  const { messenger, say } = useShell()
  const [programs, setPrograms] = createSignal<ReadonlyArray<ServiceAccount>>()
  const [error, setError] = createSignal<TellableError>()
  // By id, so that a program stays the element it was, and the focus in it, when its tokens change.
  const ids = createMemo(() => programs()?.map(({ user }) => user.id) ?? [])
  const load = async () => {
    const outcome = await messenger.call("ListServiceAccounts")
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk) setPrograms(outcome.value)
  }
  onMount(() => void load())
  const added = (user: User) => {
    setPrograms((before) => [{ user, isActive: true, tokens: [] }, ...(before ?? [])])
    say(words.programs.added(user.name))
  }
  const setTokens = ({ id }: User, change: (tokens: ReadonlyArray<ApiToken>) => ReadonlyArray<ApiToken>) =>
    setPrograms((before) =>
      before?.map((program) => (program.user.id === id ? { ...program, tokens: change(program.tokens) } : program))
    )
  return (
    <div class="max-w-160">
      <p class="mb-4 text-pretty text-normal">{words.programs.hint}</p>
      <NewProgram onMade={added} />
      <Show
        when={programs()}
        fallback={
          <Show when={error() === undefined}>
            <Skeleton />
          </Show>
        }
      >
        {(known) => (
          <ul class="flex flex-col gap-3" aria-label={words.sections.programs}>
            <For each={ids()} fallback={<li class="py-3 text-muted">{words.programs.none}</li>}>
              {(id) => (
                <Show when={known().find(({ user }) => user.id === id)}>
                  {(program) => (
                    <Program program={program()} onTokens={(change) => setTokens(program().user, change)} />
                  )}
                </Show>
              )}
            </For>
          </ul>
        )}
      </Show>
      <Trouble error={error()} onAgain={programs() === undefined ? () => void load() : undefined} />
    </div>
  )
}

const NewProgram = (props: { readonly onMade: (user: User) => void }): JSX.Element => {
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
        <Field form={form} name="name" kind="name" label={words.programs.name} autocomplete="off" enterkeyhint="done" />
      </div>
      {/* Beside the field, which stands below its label. */}
      <div class="mt-6">
        <Submit form={form} label={words.programs.add} isWide />
      </div>
      <div class="w-full" classList={{ hidden: form.wrong() === undefined }}>
        <FormAlert form={form} />
      </div>
    </form>
  )
}
