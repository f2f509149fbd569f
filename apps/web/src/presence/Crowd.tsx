import type { RoomHandle } from "@messenger/client/Messenger"
import type { User, UserId } from "@messenger/protocol/Account"
import type { Person } from "@messenger/protocol/Presence"
import { Show, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { PeopleByStatus } from "./PeopleByStatus.tsx"

/** A crowded room: how many are here, and who, a page at a time, for whoever asks. */
export const Crowd = (props: {
  readonly me: User
  readonly asTheyAre: (people: ReadonlyArray<Person>) => ReadonlyArray<Person>
  readonly count: number
  readonly listPeople: RoomHandle["listPeople"]
}): JSX.Element => {
  const [people, setPeople] = createSignal<ReadonlyArray<Person>>([])
  // Where the next page begins: `undefined` before the first was asked for, `null` after the last.
  const [next, setNext] = createSignal<UserId | null>()
  const [isBusy, setBusy] = createSignal(false)
  const [hasFailed, setFailed] = createSignal(false)
  const ask = async () => {
    if (isBusy()) return
    setBusy(true)
    const page = await props.listPeople(next() ?? null)
    setBusy(false)
    setFailed(!page.isOk)
    if (!page.isOk) return
    setPeople((before) => [...before, ...page.value.people])
    setNext(page.value.next)
  }
  return (
    <>
      <p class="px-2 py-2 text-normal">{texts.people.crowd(props.count)}</p>
      <PeopleByStatus me={props.me} people={props.asTheyAre(people())} />
      <Show when={hasFailed()}>
        <p role="alert" class="px-2 py-1 text-sm text-danger">
          {texts.people.failed}
        </p>
      </Show>
      <Show when={next() !== null}>
        <button type="button" class="button mt-2 w-full" aria-disabled={isBusy()} onClick={() => void ask()}>
          {next() === undefined ? texts.people.list : texts.people.more}
        </button>
      </Show>
    </>
  )
}
