import * as Menu from "@kobalte/core/dropdown-menu"
import type { User } from "@messenger/protocol/Account"
import { Status } from "@messenger/protocol/Presence"
import { For, Show } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { logOutQuestion, triedInVain } from "../session/logOutQuestion.ts"
import { texts } from "../texts.ts"
import type { Question } from "../ui/Confirm.tsx"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { pagePath } from "../ui/router.ts"
import type { PageName } from "../ui/router.ts"
import { chooseTheme, theme, themes } from "../ui/theme.ts"

const statuses = Status.literals
const isStatus = (value: string): value is Status => statuses.some((status) => status === value)

/** How one is shown to others, and how the page is shown to oneself. It opens as soon as it is here. */
export const MeMenu = (props: {
  readonly me: User
  readonly status: Status
  readonly buttonClass: string
  readonly onGo: () => void
  /** Asks before something is lost. */
  readonly onAsk: (question: Question) => void
  readonly children: JSX.Element
}): JSX.Element => {
  const { messenger, router, leave } = useShell()
  const terms = fromReadable(messenger.server)
  const go = (page: PageName) => {
    router.go(pagePath[page])
    props.onGo()
  }
  const logOut = async () => {
    const unsent = messenger.outbox
      .get()
      .filter(({ state }) => state._tag === "Waiting" || state._tag === "Sent").length
    const question = logOutQuestion(props.me, unsent, leave)
    if (question !== undefined) return props.onAsk(question)
    const outcome = await leave()
    if (!outcome.isOk) props.onAsk(triedInVain(outcome.error, leave))
  }
  return (
    <Menu.Root defaultOpen placement="top-start" gutter={6} sameWidth modal={false}>
      <Menu.Trigger class={props.buttonClass}>{props.children}</Menu.Trigger>
      <Menu.Content class="floating z-50 max-h-(--kb-popper-content-available-height) min-w-52 overflow-y-auto rounded-lg border border-line bg-raised p-1.5 shadow-floating outline-none">
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
        <Menu.Separator class="mx-2 my-1.5 border-line" />
        <Show when={props.me.isGuest}>
          <Show when={terms()?.registration === "open"}>
            <Action label={texts.me.keep} isStrong onSelect={() => go("register")} />
          </Show>
          <Action label={texts.me.login} onSelect={() => go("login")} />
        </Show>
        <Action label={texts.me.settings} onSelect={() => go("settings")} />
        <Action label={texts.me.logout} onSelect={() => void logOut()} />
      </Menu.Content>
    </Menu.Root>
  )
}

const Action = (props: {
  readonly label: string
  readonly isStrong?: boolean
  readonly onSelect: () => void
}): JSX.Element => (
  <Menu.Item
    class="row-button outline-none data-highlighted:bg-hover"
    classList={{ "font-[550] text-accent": props.isStrong === true }}
    onSelect={() => props.onSelect()}
  >
    {props.label}
  </Menu.Item>
)

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
