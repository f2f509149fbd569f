import { Show, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { Dynamic } from "solid-js/web"
import { texts } from "../texts.ts"
import type { Question } from "./Confirm.tsx"
import { useShell } from "./Shell.ts"
import { onDemand } from "./onDemand.ts"

/** The dialog that asks, which comes when there is something to ask, or before. */
export const confirmDialog = onDemand(async () => (await import("./Confirm.tsx")).Confirm)

/** Asks before something is done, one question at a time, in the dialog that stands where `Dialog` is put. */
export const createConfirmation = (): {
  readonly ask: (question: Question) => void
  readonly Dialog: () => JSX.Element
} => {
  const { say } = useShell()
  const [question, setQuestion] = createSignal<Question>()
  const ask = async (asked: Question) => {
    if (await confirmDialog.want()) setQuestion(asked)
    else say(texts.notLoaded)
  }
  return {
    ask: (asked) => void ask(asked),
    Dialog: () => (
      <Show when={confirmDialog.part()}>
        {(Part) => <Dynamic component={Part()} question={question()} onClose={() => setQuestion(undefined)} />}
      </Show>
    )
  }
}
