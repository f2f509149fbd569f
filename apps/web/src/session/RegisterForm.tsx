import { EmailInvalid, parseEmail, parseUsername, UsernameInvalid } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import type { SessionError } from "@messenger/protocol/Session"
import type { Unreachable } from "@messenger/client/Unreachable"
import { createSignal, untrack } from "solid-js"
import type { JSX } from "solid-js"
import { errorText } from "../texts.ts"
import { Checkbox, Field, FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { wrongWithPassword } from "../ui/newPassword.ts"
import { usernameFrom } from "./username.ts"
import { words } from "./words.ts"

type Name = "username" | "email" | "password"

const check = (typed: Typed<Name>): ReadonlyArray<readonly [Name, string | undefined]> => {
  const username = parseUsername(typed("username"))
  const email = parseEmail(typed("email"))
  return [
    ["username", username instanceof UsernameInvalid ? errorText(username) : undefined],
    ["email", email instanceof EmailInvalid ? errorText(email) : undefined],
    ["password", wrongWithPassword(typed("password"))]
  ]
}

const placeOf = ({ _tag }: SessionError | Unreachable): Name | undefined => {
  switch (_tag) {
    case "UsernameInvalid":
    case "NameInvalid":
    case "NameTaken":
    case "AccountTaken":
      return "username"
    case "EmailInvalid":
      return "email"
    case "PasswordRefused":
      return "password"
    default:
      return undefined
  }
}

/** Makes an account; a guest becomes its owner and stays who they are. */
export const RegisterForm = (props: {
  readonly guest: User | undefined
  /** The token of a link, where the server takes nobody without one. */
  readonly invite: string | undefined
  /** Whether the link is used up by this; that to ownership is used later. */
  readonly isUsedUp: boolean
}): JSX.Element => {
  const { messenger, router } = useShell()
  // A guest was remembered before: who keeps their name should not be forgotten sooner than without an account.
  const [isRemembered, setRemembered] = createSignal(props.guest !== undefined)
  // Once: what a guest typed over it stays, also while they become a member.
  const suggested = untrack(() => (props.guest === undefined ? "" : usernameFrom(props.guest.name)))
  const form = createForm({
    check,
    placeOf,
    send: (typed) =>
      messenger.register({
        username: typed("username"),
        email: typed("email"),
        password: typed("password"),
        remember: isRemembered(),
        ...(props.invite === undefined ? {} : { invite: props.invite })
      }),
    onDone: () => {
      if (!props.isUsedUp) return
      router.forget()
      router.go("/", { replace: true })
    }
  })
  return (
    <form class="mt-6" method="post" onSubmit={form.onSubmit} novalidate>
      <Field
        form={form}
        name="username"
        kind="code"
        label={words.register.username}
        hint={props.guest === undefined ? words.register.usernameHint : words.register.stays(props.guest.name)}
        value={suggested}
        autocomplete="username"
        isFirst
      />
      <Field
        form={form}
        name="email"
        kind="email"
        label={words.register.email}
        hint={words.register.emailHint}
        autocomplete="email"
      />
      <PasswordField
        form={form}
        name="password"
        label={words.register.password}
        hint={words.register.passwordHint}
        autocomplete="new-password"
        enterkeyhint="go"
      />
      <Checkbox
        label={words.login.remember}
        hint={words.login.rememberHint}
        isChecked={isRemembered()}
        onChange={setRemembered}
      />
      <FormAlert form={form} />
      <Submit form={form} label={words.register.submit} isWide />
    </form>
  )
}
