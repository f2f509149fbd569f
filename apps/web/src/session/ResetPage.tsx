import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { wrongWithPassword } from "../ui/newPassword.ts"
import { Card, Intro } from "./Card.tsx"
import { Incomplete } from "./Incomplete.tsx"
import { words } from "./words.ts"

/** Takes a new password by a one-time link, and logs in with it. */
export const ResetPage = (props: { readonly token: string | undefined }): JSX.Element => (
  <Card title={words.link.resetTitle}>
    <Show when={props.token} fallback={<Incomplete />}>
      {(token) => (
        <>
          <Intro>{words.link.reset}</Intro>
          <NewPassword token={token()} />
        </>
      )}
    </Show>
  </Card>
)

const NewPassword = (props: { readonly token: string }): JSX.Element => {
  const { messenger, router } = useShell()
  const form = createForm({
    check: (typed: Typed<"password">) => [["password", wrongWithPassword(typed("password"))]],
    placeOf: ({ _tag }) => (_tag === "PasswordRefused" ? "password" : undefined),
    send: (typed) => messenger.resetPassword({ token: props.token, password: typed("password") }),
    onDone: () => {
      router.forget()
      router.go("/", { replace: true })
    }
  })
  return (
    <form class="mt-6" method="post" onSubmit={form.onSubmit} novalidate>
      <PasswordField
        form={form}
        name="password"
        label={words.link.newPassword}
        hint={words.register.passwordHint}
        autocomplete="new-password"
        enterkeyhint="go"
        isFirst
      />
      <FormAlert form={form} />
      <Submit form={form} label={words.link.resetSubmit} isWide />
    </form>
  )
}
