import type { RoomHandle } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import type { Person } from "@messenger/protocol/Presence"
import type { RoomView } from "@messenger/protocol/RoomView"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { Crowd } from "./Crowd.tsx"
import { PeopleByStatus } from "./PeopleByStatus.tsx"

/** Who is in the room, by whether they are there to be spoken to. In a crowded room their number, and the list on demand. */
export const People = (props: {
  readonly me: User
  readonly view: RoomView
  readonly listPeople: RoomHandle["listPeople"]
  /** In a drawer: how it closes. A column has its button in the header of the room. */
  readonly onClose: (() => void) | undefined
}): JSX.Element => {
  const { current } = useShell()
  const asTheyAre = (people: ReadonlyArray<Person>) =>
    people.map((person) => {
      const user = current(person.user)
      return user === person.user ? person : { user, status: person.status }
    })
  return (
    <>
      <div class="box-content flex h-14 flex-none items-center pt-[env(safe-area-inset-top)] ps-4 pe-2">
        <h2 class="grow text-sm font-[620]">{texts.people.title}</h2>
        <Show when={props.onClose}>
          {(close) => (
            <button type="button" class="icon-button" aria-label={texts.close} onClick={() => close()()}>
              <Icon name="close" />
            </button>
          )}
        </Show>
      </div>
      <div class="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4">
        <Show
          when={props.view.isCrowded}
          fallback={<PeopleByStatus me={props.me} people={asTheyAre([...props.view.people.values()])} />}
        >
          <Crowd me={props.me} asTheyAre={asTheyAre} count={props.view.presentCount} listPeople={props.listPeople} />
        </Show>
      </div>
    </>
  )
}
