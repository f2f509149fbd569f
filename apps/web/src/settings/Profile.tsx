import type { CallFailure } from "@messenger/client/Messenger"
import { NameInvalid, parseDisplayName } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { For, Show, createEffect, createSignal, on } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../presence/Avatar.tsx"
import { errorText } from "../texts.ts"
import { Field, FormAlert, Submit } from "../ui/Field.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import type { Typed } from "../ui/form.ts"
import { Section } from "./Section.tsx"
import { words } from "./words.ts"

const placeOf = ({ _tag }: CallFailure<"UpdateProfile">) =>
  _tag === "NameInvalid" || _tag === "NameTaken" ? "name" : undefined

/** How others see one: name and colour. */
export const Profile = (props: { readonly me: User }): JSX.Element => {
  const { messenger, say } = useShell()
  const [colour, setColour] = createSignal<number | null>(props.me.colour ?? null)
  // On another device it may change while one looks at it here.
  createEffect(
    on(
      () => props.me.colour,
      (chosen) => setColour(chosen ?? null),
      { defer: true }
    )
  )
  const form = createForm({
    check: (typed: Typed<"name">) => {
      const name = parseDisplayName(typed("name"))
      return [["name", name instanceof NameInvalid ? errorText(name) : undefined]]
    },
    placeOf,
    send: (typed) => messenger.call("UpdateProfile", { name: typed("name"), colour: colour() }),
    onDone: () => say(words.saved)
  })
  return (
    <Section title={words.profile.title} hint={words.profile.hint}>
      <form class="max-w-110" method="post" onSubmit={form.onSubmit} novalidate>
        <Field
          form={form}
          name="name"
          kind="name"
          label={words.profile.name}
          value={props.me.name}
          autocomplete="name"
          enterkeyhint="done"
        />
        <Colours
          me={props.me}
          chosen={colour()}
          onChoose={(chosen) => {
            setColour(chosen)
            form.mend("name")
          }}
        />
        <FormAlert form={form} />
        <div class="flex items-center gap-3">
          <Submit form={form} label={words.save} />
          <Show when={form.isDone()}>
            <p class="text-sm text-muted">{words.saved}</p>
          </Show>
        </div>
      </form>
    </Section>
  )
}

const Colours = (props: {
  readonly me: User
  readonly chosen: number | null
  readonly onChoose: (colour: number | null) => void
}): JSX.Element => {
  const plain = (): User => {
    const { colour: _, ...rest } = props.me
    return rest
  }
  return (
    <fieldset>
      <legend class="mb-1.5 text-sm font-[550]">{words.profile.colour}</legend>
      <div class="-mx-1 grid w-fit grid-cols-6 gap-0.5">
        <For each={words.profile.colours}>
          {(label, index) => (
            <Swatch
              label={label}
              user={{ ...plain(), colour: index() }}
              isChosen={props.chosen === index()}
              onChoose={() => props.onChoose(index())}
            />
          )}
        </For>
        <div class="col-span-6 justify-self-start">
          <Swatch
            label={words.profile.automatic}
            user={plain()}
            isChosen={props.chosen === null}
            onChoose={() => props.onChoose(null)}
          />
        </div>
      </div>
    </fieldset>
  )
}

const Swatch = (props: {
  readonly label: string
  readonly user: User
  readonly isChosen: boolean
  readonly onChoose: () => void
}): JSX.Element => (
  <label class="swatch" title={props.label}>
    <input
      type="radio"
      name="colour"
      class="absolute inset-0 z-10 size-full cursor-pointer opacity-0"
      aria-label={props.label}
      checked={props.isChosen}
      onChange={() => props.onChoose()}
    />
    <Avatar user={props.user} />
    <Show when={props.user.colour === undefined}>
      <span class="pe-2 text-sm" aria-hidden="true">
        {props.label}
      </span>
    </Show>
  </label>
)
