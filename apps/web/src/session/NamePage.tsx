import type { SessionError } from "@messenger/protocol/Session"
import type { Unreachable } from "@messenger/client/Unreachable"
import { Show, createSignal, createUniqueId, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { Mark } from "../ui/Mark.tsx"
import { useShell } from "../ui/Shell.ts"

/** Where a visitor picks the name that others see. The address stays as it is, so a room's link leads to that room. */
export const NamePage = (): JSX.Element => {
  const { messenger, router } = useShell()
  const [name, setName] = createSignal("")
  const [error, setError] = createSignal<SessionError | Unreachable>()
  const [isBusy, setBusy] = createSignal(false)
  const errorId = createUniqueId()
  const fieldId = createUniqueId()
  let field: HTMLInputElement | undefined
  onMount(() => field?.focus())
  const invitedTo = () => {
    const route = router.route()
    return route._tag === "Room" ? route.slug : undefined
  }
  const enter = async (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy()) return
    setBusy(true)
    const outcome = await messenger.enter(name())
    setBusy(false)
    if (outcome.isOk) return
    setError(outcome.error)
    field?.focus()
  }
  return (
    <main class="grid h-full overflow-y-auto bg-surface px-4 py-8">
      <form
        class="m-auto flex w-full max-w-95 flex-col rounded-xl border border-line bg-canvas p-6 shadow-raised two:p-8"
        onSubmit={(event) => void enter(event)}
        novalidate
      >
        <Mark size={40} />
        <h1 class="mt-5 text-xl font-[650] tracking-[-0.02em] text-balance">{texts.name.title}</h1>
        <p class="mt-1.5 text-pretty text-normal">
          <Show when={invitedTo()} fallback={texts.name.hint}>
            {(room) => (
              <>
                <span dir="auto">{texts.name.invited(room())}</span> {texts.name.hint}
              </>
            )}
          </Show>
        </p>
        <label class="mt-6 mb-1.5 text-sm font-[550]" for={fieldId}>
          {texts.name.label}
        </label>
        <input
          ref={(element) => (field = element)}
          id={fieldId}
          class="field"
          name="name"
          autocomplete="name"
          autocapitalize="words"
          spellcheck={false}
          enterkeyhint="go"
          dir="auto"
          maxlength={400}
          value={name()}
          onInput={(event) => {
            setName(event.currentTarget.value)
            setError(undefined)
          }}
          aria-invalid={error() !== undefined}
          aria-describedby={errorId}
        />
        <p id={errorId} role="alert" class="min-h-11 pt-1.5 text-sm text-danger">
          <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
        </p>
        <button type="submit" class="button button-primary min-h-11" aria-disabled={isBusy()}>
          {isBusy() ? texts.name.submitting : texts.name.submit}
        </button>
      </form>
    </main>
  )
}
