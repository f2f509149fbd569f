import { createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { secret } from "../bridge/secret.ts"
import { Ask } from "../ui/Ask.tsx"
import { FormAlert, PasswordField, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { Section } from "./Section.tsx"
import { words } from "./words.ts"

/** The way out for good: what stays, and the password again. */
export const DeleteAccount = (): JSX.Element => {
  const [isAsking, setAsking] = createSignal(false)
  return (
    <Section title={words.remove.title} hint={words.remove.hint}>
      <button type="button" class="button text-danger" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {words.remove.action}
      </button>
      <Ask
        isOpen={isAsking()}
        title={words.remove.ask}
        description={words.remove.final}
        onClose={() => setAsking(false)}
      >
        <Confirm onCancel={() => setAsking(false)} />
      </Ask>
    </Section>
  )
}

const Confirm = (props: { readonly onCancel: () => void }): JSX.Element => {
  const { messenger } = useShell()
  // When it is done the server ends the session and says why, and this page goes with it.
  const form = createForm({
    check: (typed: Typed<"password">) => [["password", typed("password") === "" ? words.missingPassword : undefined]],
    placeOf: ({ _tag }) => (_tag === "WrongPassword" ? "password" : undefined),
    send: (typed) => messenger.call("DeleteAccount", { password: secret(typed("password")) })
  })
  return (
    <form class="mt-4" method="post" onSubmit={form.onSubmit} novalidate>
      <PasswordField
        form={form}
        name="password"
        label={words.password}
        autocomplete="current-password"
        enterkeyhint="done"
        isFirst
      />
      <FormAlert form={form} />
      <div class="flex justify-end gap-2">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          {words.remove.keep}
        </button>
        <Submit form={form} label={words.remove.submit} isDangerous />
      </div>
    </form>
  )
}
