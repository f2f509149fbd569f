import type { CallFailure } from "@messenger/client/Messenger"
import { EmailInvalid, parseEmail } from "@messenger/protocol/Account"
import type { OwnAccount } from "@messenger/protocol/AccountRpcs"
import type { JSX } from "solid-js"
import { secret } from "../bridge/secret.ts"
import { errorText } from "../texts.ts"
import { Field, FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { Changeable } from "./Section.tsx"
import { words } from "./words.ts"

type Name = "email" | "password"

const placeOf = ({ _tag }: CallFailure<"ChangeEmail">): Name | undefined => {
  if (_tag === "EmailInvalid" || _tag === "AccountTaken") return "email"
  return _tag === "WrongPassword" ? "password" : undefined
}

/** The email address one may log in with. */
export const Email = (props: { readonly account: OwnAccount; readonly onChanged: () => void }): JSX.Element => (
  <Changeable
    label={words.account.email}
    value={props.account.email ?? ""}
    hint={words.account.emailHint}
    action={words.account.changeEmail}
  >
    {(close) => (
      <NewEmail
        onDone={() => {
          close()
          props.onChanged()
        }}
      />
    )}
  </Changeable>
)

const NewEmail = (props: { readonly onDone: () => void }): JSX.Element => {
  const { messenger, say } = useShell()
  const form = createForm({
    check: (typed: Typed<Name>) => {
      const email = parseEmail(typed("email"))
      return [
        ["email", email instanceof EmailInvalid ? errorText(email) : undefined],
        ["password", typed("password") === "" ? words.missingPassword : undefined]
      ]
    },
    placeOf,
    send: (typed) =>
      messenger.call("ChangeEmail", { email: typed("email").trim(), password: secret(typed("password")) }),
    onDone: () => {
      say(words.account.emailChanged)
      props.onDone()
    }
  })
  return (
    <form method="post" onSubmit={form.onSubmit} novalidate>
      <Field form={form} name="email" kind="email" label={words.account.newEmail} autocomplete="email" isFirst />
      <PasswordField
        form={form}
        name="password"
        label={words.password}
        hint={words.passwordHint}
        autocomplete="current-password"
        enterkeyhint="done"
      />
      <FormAlert form={form} />
      <Submit form={form} label={words.save} />
    </form>
  )
}
