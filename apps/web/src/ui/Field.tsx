// The parts of a form. Inputs and checkboxes are the browser's own: password managers, autofill and screen readers know those best.
import { Show, createEffect, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "./Icon.tsx"
import type { Form } from "./form.ts"

interface FieldProps<Name extends string> {
  readonly form: Form<Name>
  readonly name: Name
  readonly label: string
  /** What to know before typing; what is wrong stands in its place. */
  readonly hint?: string | undefined
  readonly autocomplete: string
  /** What stands there to begin with. */
  readonly value?: string | undefined
  /** What the key says that sends the form, or leads on. */
  readonly enterkeyhint?: "go" | "next" | "done"
  /** Whether there is space below for a sentence of two lines. */
  readonly isRoomy?: boolean
  /** Whether one begins to type here. On a screen that is shown anew only, and only one. */
  readonly isFirst?: boolean
}

/** A line of text with its label, and what is wrong with it. */
export const Field = <Name extends string>(
  props: FieldProps<Name> & {
    /** `name`: as people write names; `code`: letter by letter, nothing corrected. */
    readonly kind: "name" | "code" | "email"
  }
): JSX.Element => (
  <Labelled {...props}>
    {(field) => (
      <input
        {...field}
        type={props.kind === "email" ? "email" : "text"}
        class="field"
        value={props.value ?? ""}
        autocapitalize={props.kind === "name" ? "words" : "none"}
        autocorrect="off"
        spellcheck={false}
        dir="auto"
        maxlength={400}
      />
    )}
  </Labelled>
)

/** A password with its label, and a button that shows it. It is hidden again before it is sent. */
export const PasswordField = <Name extends string>(
  props: FieldProps<Name> & { readonly autocomplete: "current-password" | "new-password" }
): JSX.Element => {
  const [isShown, setShown] = createSignal(false)
  // A browser offers to keep only what it sees as a password.
  createEffect(() => {
    if (props.form.isBusy()) setShown(false)
  })
  return (
    <Labelled {...props}>
      {(field) => (
        <span class="relative block">
          <input
            {...field}
            type={isShown() ? "text" : "password"}
            class="field pe-12"
            autocapitalize="none"
            autocorrect="off"
            spellcheck={false}
            maxlength={4096}
          />
          <button
            type="button"
            class="icon-button absolute! end-1 top-1/2 -translate-y-1/2"
            aria-label={texts.form.showPassword}
            aria-pressed={isShown()}
            data-tip={isShown() ? texts.form.hidePassword : texts.form.showPassword}
            onClick={() => setShown((shown) => !shown)}
          >
            <Icon name={isShown() ? "eyeOff" : "eye"} />
          </button>
        </span>
      )}
    </Labelled>
  )
}

interface InputProps {
  readonly ref: (element: HTMLInputElement) => void
  readonly id: string
  readonly name: string
  readonly autocomplete: string
  readonly enterkeyhint: "go" | "next" | "done"
  readonly onInput: () => void
  readonly "aria-invalid": boolean
  readonly "aria-describedby": string
}

const Labelled = <Name extends string>(
  props: FieldProps<Name> & { readonly children: (field: InputProps) => JSX.Element }
): JSX.Element => {
  const id = createUniqueId()
  const noteId = createUniqueId()
  const wrong = () => props.form.wrongOf(props.name)
  return (
    <div>
      <label class="mb-1.5 block text-sm font-[550]" for={id}>
        {props.label}
      </label>
      {props.children({
        ref: (element) => {
          props.form.bind(props.name, element)
          if (props.isFirst === true) queueMicrotask(() => element.focus())
        },
        id,
        name: props.name,
        autocomplete: props.autocomplete,
        enterkeyhint: props.enterkeyhint ?? "next",
        onInput: () => props.form.mend(props.name),
        get "aria-invalid"() {
          return wrong() !== undefined
        },
        "aria-describedby": noteId
      })}
      <div
        id={noteId}
        class="pt-1 pb-3 text-sm text-pretty"
        classList={{ "min-h-13": props.isRoomy === true, "min-h-9": props.isRoomy !== true }}
      >
        <p role="alert" class="text-danger">
          {wrong()}
        </p>
        <Show when={wrong() === undefined && props.hint}>{(hint) => <p class="text-muted">{hint()}</p>}</Show>
      </div>
    </div>
  )
}

/** A yes or no with its label. */
export const Checkbox = (props: {
  readonly label: string
  readonly hint?: string
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}): JSX.Element => {
  const hintId = createUniqueId()
  return (
    <div>
      <label class="flex min-h-9 items-center gap-2.5 pointer-coarse:min-h-11">
        <input
          type="checkbox"
          class="checkbox"
          checked={props.isChecked}
          aria-describedby={props.hint === undefined ? undefined : hintId}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
        {props.label}
      </label>
      <Show when={props.hint}>
        {(hint) => (
          <p id={hintId} class="ps-7 text-sm text-muted">
            {hint()}
          </p>
        )}
      </Show>
    </div>
  )
}

/** What is wrong with the form as a whole. */
export const FormAlert = <Name extends string>(props: { readonly form: Form<Name> }): JSX.Element => (
  <p role="alert" class="min-h-9 pt-2 pb-1 text-sm text-pretty text-danger">
    {props.form.wrong()}
  </p>
)

/** Sends the form. While the server asks to wait it counts down and does nothing; it keeps the focus. */
export const Submit = <Name extends string>(props: {
  readonly form: Form<Name>
  readonly label: string
  readonly busyLabel?: string
  readonly isWide?: boolean
  readonly isDangerous?: boolean
}): JSX.Element => (
  <button
    type="submit"
    class="button"
    classList={{
      "button-primary": props.isDangerous !== true,
      "button-danger": props.isDangerous === true,
      "min-h-11 w-full": props.isWide === true
    }}
    aria-disabled={props.form.isBusy() || props.form.secondsToWait() > 0}
  >
    {props.form.isBusy() ? (props.busyLabel ?? texts.form.busy) : props.label}
    <Show when={props.form.secondsToWait() > 0}>
      <span class="font-normal tabular-nums" aria-hidden="true">
        {texts.form.waiting(props.form.secondsToWait())}
      </span>
    </Show>
  </button>
)
