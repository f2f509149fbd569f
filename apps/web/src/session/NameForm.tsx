import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { JSX } from "solid-js"
import { errorText } from "../texts.ts"
import { Field, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import { words } from "./words.ts"

/** Where a visitor picks the name that others see. The address stays as it is, so a room's link leads to that room. */
export const NameForm = (): JSX.Element => {
  const { messenger } = useShell()
  const form = createForm({
    check: (typed: (name: "name") => string) => {
      const name = parseDisplayName(typed("name"))
      return [["name", name instanceof NameInvalid ? errorText(name) : undefined]]
    },
    // With one field there is no other place to look at.
    placeOf: () => "name",
    send: (typed) => messenger.enter(typed("name"))
  })
  return (
    <form class="mt-6" method="post" onSubmit={form.onSubmit} novalidate>
      <Field
        form={form}
        name="name"
        kind="name"
        label={words.name.label}
        autocomplete="name"
        enterkeyhint="go"
        isFirst
        isRoomy
      />
      <Submit form={form} label={words.name.submit} isWide />
    </form>
  )
}
