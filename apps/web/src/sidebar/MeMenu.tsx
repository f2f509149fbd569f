import * as Menu from "@kobalte/core/dropdown-menu"
import type { User } from "@messenger/protocol/Account"
import { Status } from "@messenger/protocol/Presence"
import { For, Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { chooseTheme, theme, themes } from "../ui/theme.ts"

const statuses = Status.literals
const isStatus = (value: string): value is Status => statuses.some((status) => status === value)

/** How one is shown to others, and how the page is shown to oneself. It opens as soon as it is here. */
export const MeMenu = (props: {
  readonly me: User
  readonly status: Status
  readonly buttonClass: string
  readonly children: JSX.Element
}): JSX.Element => {
  const { messenger } = useShell()
  return (
    <Menu.Root defaultOpen placement="top-start" gutter={6} sameWidth modal={false}>
      <Menu.Trigger class={props.buttonClass}>{props.children}</Menu.Trigger>
      <Menu.Content class="floating z-50 min-w-52 rounded-lg border border-line bg-raised p-1.5 shadow-floating outline-none">
        <Menu.RadioGroup
          value={props.status}
          onChange={(value) => {
            if (isStatus(value)) messenger.setStatus(value)
          }}
        >
          <Menu.GroupLabel class="px-2 pt-1 pb-1 text-xs font-[550] text-muted">{texts.me.status}</Menu.GroupLabel>
          <For each={statuses}>
            {(status) => (
              <Choice value={status} isChosen={props.status === status} label={texts.status[status]}>
                <i class={`dot dot-inline dot-${status} [--on:var(--color-raised)]`} />
              </Choice>
            )}
          </For>
        </Menu.RadioGroup>
        <Menu.Separator class="mx-2 my-1.5 border-line" />
        <Menu.RadioGroup value={theme()} onChange={chooseTheme}>
          <Menu.GroupLabel class="px-2 pt-1 pb-1 text-xs font-[550] text-muted">{texts.me.theme}</Menu.GroupLabel>
          <For each={themes}>
            {(choice) => <Choice value={choice} isChosen={theme() === choice} label={texts.me.themes[choice]} />}
          </For>
        </Menu.RadioGroup>
      </Menu.Content>
    </Menu.Root>
  )
}

const Choice = (props: {
  readonly value: string
  readonly label: string
  readonly isChosen: boolean
  readonly children?: JSX.Element
}): JSX.Element => (
  <Menu.RadioItem value={props.value} class="row-button outline-none data-highlighted:bg-hover" closeOnSelect>
    {props.children}
    <span class="grow">{props.label}</span>
    <Show when={props.isChosen}>
      <span class="text-accent">
        <Icon name="check" size={16} />
      </span>
    </Show>
  </Menu.RadioItem>
)
