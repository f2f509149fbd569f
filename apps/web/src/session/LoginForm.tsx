import { createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { Checkbox, Field, FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { words } from "./words.ts"

/** Logs in with a username or an email address. */
export const LoginForm = (): JSX.Element => {
  const { messenger } = useShell()
  // Off until it is asked for: on a device that others use, a session that stays is open to whoever comes next.
  const [isRemembered, setRemembered] = createSignal(false)
  const form = createForm({
    check: (typed: Typed<"username" | "password">) => [
      ["username", typed("username").trim() === "" ? words.login.missing : undefined],
      ["password", typed("password") === "" ? words.login.missingPassword : undefined]
    ],
    placeOf: ({ _tag }) => (_tag === "WrongCredentials" ? "password" : undefined),
    send: (typed) =>
      messenger.login({
        login: typed("username").trim(),
        password: typed("password"),
        remember: isRemembered()
      })
  })
  return (
    <form class="mt-6" method="post" onSubmit={form.onSubmit} novalidate>
      <Field form={form} name="username" kind="code" label={words.login.login} autocomplete="username" isFirst />
      <PasswordField
        form={form}
        name="password"
        label={words.login.password}
        autocomplete="current-password"
        enterkeyhint="go"
      />
      <Checkbox
        label={words.login.remember}
        hint={words.login.rememberHint}
        isChecked={isRemembered()}
        onChange={setRemembered}
      />
      <FormAlert form={form} />
      <Submit form={form} label={words.login.submit} isWide />
      <p class="mt-4 text-sm text-pretty text-muted">{words.login.forgotten}</p>
    </form>
  )
}
