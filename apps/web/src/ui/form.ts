// A form: what is typed stays in the inputs, where password managers look for it; what is wrong stands beside its field.
import type { Outcome } from "@messenger/client/Messenger"
import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"
import { errorText, texts } from "../texts.ts"
import type { TellableError } from "../texts.ts"
import { useShell } from "./Shell.ts"

/** What is typed in a field. */
export type Typed<Name extends string> = (name: Name) => string

/** What a form is made of. */
export interface FormOptions<Name extends string, Failure extends TellableError> {
  /** What is wrong with each field as far as can be told without asking the server: a sentence, or nothing. Top to bottom. */
  readonly check: (typed: Typed<Name>) => ReadonlyArray<readonly [Name, string | undefined]>
  /** The field that a refusal concerns; undefined when it concerns the whole form. */
  readonly placeOf: (refusal: Failure) => Name | undefined
  readonly send: (typed: Typed<Name>) => Promise<Outcome<unknown, Failure>>
  readonly onDone?: () => void
}

/** A form at work. */
export interface Form<Name extends string> {
  /** Tells the form where its field is. */
  readonly bind: (name: Name, input: HTMLInputElement) => void
  /** What is wrong with a field. */
  readonly wrongOf: (name: Name) => string | undefined
  /** Somebody types in the field: what was wrong with it is not said any more. */
  readonly mend: (name: Name) => void
  /** What is wrong with the whole. */
  readonly wrong: Accessor<string | undefined>
  readonly isBusy: Accessor<boolean>
  /** Whether it was sent with success, and nothing was typed since. */
  readonly isDone: Accessor<boolean>
  /** How long the server asks to wait before the next try, in whole seconds; 0 when there is nothing to wait for. */
  readonly secondsToWait: Accessor<number>
  readonly onSubmit: (event: SubmitEvent) => void
  /** Empties every field, and forgets what was wrong. */
  readonly clear: () => void
}

/** A form, for as long as the owner lives. */
export const createForm = <Name extends string, Failure extends TellableError>(
  options: FormOptions<Name, Failure>
): Form<Name> => {
  const inputs = new Map<Name, HTMLInputElement>()
  const [wrongs, setWrongs] = createSignal<ReadonlyMap<Name, string>>(new Map())
  const [wrong, setWrong] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  const [isDone, setDone] = createSignal(false)
  const wait = createWait(() => {
    setWrong(undefined)
    setWrongs(new Map())
  })
  const typed = (name: Name) => inputs.get(name)?.value ?? ""

  /** Says what is wrong, and puts the focus where it is to be mended first; answers whether anything is. */
  const show = (found: ReadonlyArray<readonly [Name, string | undefined]>): boolean => {
    const said = found.flatMap(([name, sentence]) => (sentence === undefined ? [] : [[name, sentence] as const]))
    setWrongs(new Map(said))
    const first = said[0]
    if (first === undefined) return false
    const input = inputs.get(first[0])
    input?.focus()
    input?.select()
    return true
  }

  const refuse = (refusal: Failure) => {
    const place = options.placeOf(refusal)
    if (place === undefined) setWrong(errorText(refusal))
    else show([[place, errorText(refusal)]])
    if ("retryAfterMillis" in refusal) wait.begin(refusal.retryAfterMillis)
  }

  const submit = async () => {
    if (isBusy() || wait.seconds() > 0) return
    setWrong(undefined)
    if (show(options.check(typed))) return
    setBusy(true)
    const outcome = await options.send(typed)
    setBusy(false)
    if (!outcome.isOk) return refuse(outcome.error)
    setDone(true)
    options.onDone?.()
  }

  return {
    bind: (name, input) => inputs.set(name, input),
    wrongOf: (name) => wrongs().get(name),
    mend: (name) => {
      setDone(false)
      setWrongs((before) => new Map([...before].filter(([other]) => other !== name)))
      if (wait.seconds() === 0) setWrong(undefined)
    },
    wrong,
    isBusy,
    isDone,
    secondsToWait: wait.seconds,
    onSubmit: (event) => {
      event.preventDefault()
      void submit()
    },
    clear: () => {
      for (const input of inputs.values()) input.value = ""
      setWrongs(new Map())
      setWrong(undefined)
    }
  }
}

/** A wait that counts down by the second, and says when it is over. */
const createWait = (onOver: () => void) => {
  const { say } = useShell()
  const [seconds, setSeconds] = createSignal(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const countTo = (end: number) => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
    setSeconds(left)
    if (left > 0) {
      timer = setTimeout(countTo, 1000, end)
      return
    }
    onOver()
    say(texts.form.again)
  }
  return {
    seconds,
    begin: (millis: number) => {
      clearTimeout(timer)
      countTo(Date.now() + Math.max(1000, millis))
    }
  }
}
