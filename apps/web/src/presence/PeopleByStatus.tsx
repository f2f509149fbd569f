import type { User } from "@messenger/protocol/Account"
import type { Person } from "@messenger/protocol/Presence"
import { For, Show, createMemo } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Avatar } from "./Avatar.tsx"
import { GuestMark } from "./GuestMark.tsx"
import { inGroups } from "./groups.ts"

/** People under the headings of their groups. */
export const PeopleByStatus = (props: { readonly me: User; readonly people: ReadonlyArray<Person> }): JSX.Element => {
  const groups = createMemo(() => inGroups(props.people))
  return (
    <For each={(["online", "away"] as const).filter((name) => groups()[name].length > 0)}>
      {(name) => (
        <section aria-label={texts.people[name]}>
          <h3 class="px-2 pt-2 pb-1 text-xs font-[550] text-muted">
            {texts.people[name]} <span class="font-normal">{groups()[name].length}</span>
          </h3>
          <ul>
            <For each={groups()[name]}>{(person) => <Row person={person} isMe={person.user.id === props.me.id} />}</For>
          </ul>
        </section>
      )}
    </For>
  )
}

const Row = (props: { readonly person: Person; readonly isMe: boolean }): JSX.Element => (
  <li class="flex min-h-9 items-center gap-2.5 px-2" classList={{ "text-normal": props.person.status === "away" }}>
    <Avatar user={props.person.user} status={props.person.status} isSmall />
    <span class="min-w-0 truncate" dir="auto">
      {props.person.user.name}
    </span>
    <Show when={props.isMe}>
      <span class="text-xs text-muted">{texts.people.you}</span>
    </Show>
    <GuestMark user={props.person.user} />
    <span class="sr-only">{texts.status[props.person.status]}</span>
  </li>
)
