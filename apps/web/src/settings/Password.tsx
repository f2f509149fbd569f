import type { Unreachable } from "@messenger/client/Unreachable"
import type { OwnAccount } from "@messenger/protocol/AccountRpcs"
import type { SessionError } from "@messenger/protocol/Session"
import type { JSX } from "solid-js"
import { FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { wrongWithPassword } from "../ui/newPassword.ts"
import { Changeable } from "./Section.tsx"
import { words } from "./words.ts"

type Name = "password" | "newPassword"

const placeOf = ({ _tag }: SessionError | Unreachable): Name | undefined => {
  if (_tag === "PasswordRefused") return "newPassword"
  return _tag === "WrongPassword" ? "password" : undefined
}

/** The password one logs in with. */
export const Password = (props: { readonly account: OwnAccount; readonly onChanged: () => void }): JSX.Element => (
  <Changeable
    label={words.account.password}
    value={words.account.secret}
    hint={words.account.passwordHint}
    action={words.account.changePassword}
  >
    {(close) => (
      <NewPassword
        username={props.account.username ?? ""}
        onDone={() => {
          close()
          props.onChanged()
        }}
      />
    )}
  </Changeable>
)

const NewPassword = (props: { readonly username: string; readonly onDone: () => void }): JSX.Element => {
  const { messenger, say } = useShell()
  const form = createForm({
    check: (typed: Typed<Name>) => [
      ["password", typed("password") === "" ? words.missingPassword : undefined],
      ["newPassword", wrongWithPassword(typed("newPassword"))]
    ],
    placeOf,
    send: (typed) => messenger.changePassword({ password: typed("password"), newPassword: typed("newPassword") }),
    onDone: () => {
      say(words.account.passwordChanged)
      props.onDone()
    }
  })
  return (
    <form method="post" onSubmit={form.onSubmit} novalidate>
      {/* Tells a password manager whose password this is. */}
      <input type="text" name="username" autocomplete="username" value={props.username} readonly hidden />
      <PasswordField
        form={form}
        name="password"
        label={words.password}
        hint={words.passwordHint}
        autocomplete="current-password"
        isFirst
      />
      <PasswordField
        form={form}
        name="newPassword"
        label={words.account.newPassword}
        hint={words.account.newPasswordHint}
        autocomplete="new-password"
        enterkeyhint="done"
      />
      <FormAlert form={form} />
      <Submit form={form} label={words.save} />
    </form>
  )
}
