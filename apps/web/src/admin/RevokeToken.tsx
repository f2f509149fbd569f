import type { ApiToken } from "@messenger/protocol/PeopleRpcs"
import type { JSX } from "solid-js"
import { secret } from "../bridge/secret.ts"
import { texts } from "../texts.ts"
import { FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { words } from "./words.ts"

/** Takes a token back, after one's own password. */
export const RevokeToken = (props: {
  readonly token: ApiToken
  readonly onRevoked: () => void
  readonly onClose: () => void
}): JSX.Element => {
  const { messenger } = useShell()
  const form = createForm({
    check: (typed: Typed<"password">) => [
      ["password", typed("password") === "" ? words.apps.missingPassword : undefined]
    ],
    placeOf: ({ _tag }) => (_tag === "WrongPassword" ? "password" : undefined),
    send: async (typed) => {
      const outcome = await messenger.call("RevokeApiToken", {
        id: props.token.id,
        password: secret(typed("password"))
      })
      // Whoever else took it back has done what was asked for.
      return !outcome.isOk && outcome.error._tag === "ApiTokenNotFound" ? { isOk: true, value: undefined } : outcome
    },
    onDone: () => props.onRevoked()
  })
  return (
    <form class="mt-4" onSubmit={form.onSubmit} novalidate>
      <PasswordField
        form={form}
        name="password"
        label={words.apps.password}
        hint={words.apps.passwordHint}
        autocomplete="current-password"
        enterkeyhint="done"
        isFirst
      />
      <FormAlert form={form} />
      <div class="flex justify-end gap-2">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {texts.cancel}
        </button>
        <Submit form={form} label={words.apps.revoke} isDangerous />
      </div>
    </form>
  )
}
