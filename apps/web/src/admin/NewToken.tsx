import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import type { ApiToken } from "@messenger/protocol/PeopleRpcs"
import { TokenScope } from "@messenger/protocol/Rights"
import { For, Show, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { secret } from "../bridge/secret.ts"
import { errorText, texts } from "../texts.ts"
import { Field, FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { ShownOnce } from "../ui/ShownOnce.tsx"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { words } from "./words.ts"

/** Makes a token after one's own password, and shows its secret, once. */
export const NewToken = (props: {
  readonly app: User
  readonly onMade: (token: ApiToken) => void
  readonly onClose: () => void
}): JSX.Element => {
  const { messenger } = useShell()
  const [scope, setScope] = createSignal<TokenScope>("write")
  const [made, setMade] = createSignal<string>()
  const form = createForm({
    check: (typed: Typed<"name" | "password">) => {
      const name = parseDisplayName(typed("name"))
      return [
        ["name", name instanceof NameInvalid ? errorText(name) : undefined],
        ["password", typed("password") === "" ? words.apps.missingPassword : undefined]
      ]
    },
    placeOf: ({ _tag }) => {
      if (_tag === "NameInvalid") return "name"
      return _tag === "WrongPassword" ? "password" : undefined
    },
    send: async (typed) => {
      const outcome = await messenger.call("CreateApiToken", {
        userId: props.app.id,
        name: typed("name"),
        scope: scope(),
        password: secret(typed("password"))
      })
      if (outcome.isOk) {
        setMade(outcome.value.secret)
        props.onMade(outcome.value.token)
      }
      return outcome
    }
  })
  return (
    <Show
      when={made()}
      fallback={
        <form class="mt-4" onSubmit={form.onSubmit} novalidate>
          <Field
            form={form}
            name="name"
            kind="name"
            label={words.apps.tokenName}
            hint={words.apps.tokenNameHint}
            autocomplete="off"
            isFirst
          />
          <Scopes chosen={scope()} onChoose={setScope} />
          <PasswordField
            form={form}
            name="password"
            label={words.apps.password}
            hint={words.apps.passwordHint}
            autocomplete="current-password"
            enterkeyhint="done"
          />
          <FormAlert form={form} />
          <div class="flex justify-end gap-2">
            <button type="button" class="button" onClick={() => props.onClose()}>
              {texts.cancel}
            </button>
            <Submit form={form} label={words.apps.make} />
          </div>
        </form>
      }
    >
      {(value) => (
        <>
          <div class="mt-4">
            <ShownOnce
              hint={words.apps.tokenHint}
              label={words.apps.tokenLabel}
              value={value()}
              copy={words.copy}
              copied={words.copied}
            />
          </div>
          <div class="mt-4 flex justify-end">
            <button type="button" class="button" onClick={() => props.onClose()}>
              {words.done}
            </button>
          </div>
        </>
      )}
    </Show>
  )
}

const Scopes = (props: {
  readonly chosen: TokenScope
  readonly onChoose: (scope: TokenScope) => void
}): JSX.Element => (
  <fieldset class="mb-4">
    <legend class="mb-1 text-sm font-[550]">{words.apps.scope}</legend>
    <For each={TokenScope.literals}>
      {(scope) => {
        const id = createUniqueId()
        const [label, hint] = words.apps.scopes[scope]
        return (
          <div class="flex items-start gap-2.5 py-1 pointer-coarse:py-2">
            <input
              type="radio"
              id={id}
              name="scope"
              class="checkbox mt-0.5"
              checked={props.chosen === scope}
              aria-describedby={`${id}-hint`}
              onChange={() => props.onChoose(scope)}
            />
            <div>
              <label for={id}>{label}</label>
              <p id={`${id}-hint`} class="text-sm text-muted">
                {hint}
              </p>
            </div>
          </div>
        )
      }}
    </For>
  </fieldset>
)
