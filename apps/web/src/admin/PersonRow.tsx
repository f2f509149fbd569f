import type { User } from "@messenger/protocol/Account"
import { linkPath } from "@messenger/protocol/Link"
import type { AccountSummary } from "@messenger/protocol/PeopleRpcs"
import { mayManage } from "@messenger/protocol/Rights"
import type { ServerRole } from "@messenger/protocol/Rights"
import { Show, createMemo, createSignal } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../presence/Avatar.tsx"
import { GuestMark } from "../presence/GuestMark.tsx"
import { texts } from "../texts.ts"
import type { TellableError } from "../texts.ts"
import type { Answer, Question } from "../ui/Confirm.tsx"
import { RowMenu, RowMenuChoice, RowMenuItem, RowMenuSeparator } from "../ui/RowMenu.tsx"
import { useShell } from "../ui/Shell.ts"
import { exactTime } from "../ui/times.ts"
import { whenText } from "../ui/when.ts"
import { Trouble } from "./Trouble.tsx"
import { words } from "./words.ts"

/** A link to a new password, which is shown once. */
export interface ResetLink {
  readonly name: string
  readonly url: string
  readonly expiresAt: number
}

interface PersonRowProps {
  readonly account: AccountSummary
  readonly me: User
  readonly myRole: ServerRole
  readonly ask: (question: Question) => void
  readonly onChanged: (part: Partial<Pick<AccountSummary, "role" | "isActive">>) => void
  readonly onLink: (link: ResetLink) => void
}

const givenRoles = ["member", "admin", "owner"] as const
type GivenRole = (typeof givenRoles)[number]

/** Somebody with an account. What the reader may not do about them is not there. */
export const PersonRow = (props: PersonRowProps): JSX.Element => {
  const { messenger, current, say } = useShell()
  const [error, setError] = createSignal<TellableError>()
  const user = () => current(props.account.user)
  const name = () => user().name
  const isMe = () => props.account.user.id === props.me.id
  let button: HTMLElement | undefined

  const mayUse = () => mayManage(props.myRole, props.account.role)
  const choices = createMemo(() => {
    const { role } = props.account
    // Guests have no password to keep a role with, and nothing asks an app for one: an app owns no server.
    if (props.account.user.isGuest || !mayUse()) return []
    return givenRoles
      .filter((next) => mayManage(props.myRole, role, next) && !(next === "owner" && user().isApp === true))
      .map((next) => [next, words.roles[next]] as const)
  })
  const hasChoice = () => choices().length > 1

  /** Does it, shows why not, or says that it is done. */
  const act = async (ask: () => Promise<Answer>, onDone: () => void): Promise<Answer> => {
    const outcome = await ask()
    if (outcome.isOk) onDone()
    return outcome
  }
  const inRow = async (doing: Promise<Answer>) => {
    const outcome = await doing
    setError(outcome.isOk ? undefined : outcome.error)
  }
  /** Asks first. The menu that it was chosen in is gone by then, so the focus goes back to its button. */
  const first = (question: Omit<Question, "opener" | "onDone">) =>
    props.ask({ ...question, opener: button, onDone: () => button?.focus() })

  const setRole = (role: GivenRole) => {
    const doing = () =>
      act(
        () => messenger.call("SetRole", { userId: props.account.user.id, role }),
        () => {
          setError(undefined)
          props.onChanged({ role })
          say(words.people.isNow(name(), words.roles[role]))
        }
      )
    if (isMe()) return first({ ...words.people.stepDown, act: doing })
    if (role === "member") return void inRow(doing())
    const asked = role === "owner" ? words.people.makeOwner : words.people.makeAdmin
    first({ ...asked, title: asked.title(name()), act: doing })
  }
  const setActive = (isActive: boolean) =>
    act(
      () => messenger.call("SetActive", { userId: props.account.user.id, isActive }),
      () => {
        setError(undefined)
        props.onChanged({ isActive })
        say((isActive ? words.people.activate : words.people.deactivate).done(name()))
      }
    )
  const deactivate = () => {
    const { title, text, appText, action } = words.people.deactivate
    first({
      title: title(name()),
      text: user().isApp === true ? appText : text,
      action,
      act: () => setActive(false)
    })
  }
  const signOut = () => {
    const { title, text, guestText, action, done } = words.people.signOut
    first({
      title: title(name()),
      text: props.account.user.isGuest ? guestText : text,
      action,
      act: () =>
        act(
          () => messenger.call("SignOutEverywhere", { userId: props.account.user.id }),
          () => say(done(name()))
        )
    })
  }
  const makeLink = async () => {
    const outcome = await messenger.call("CreateResetLink", { userId: props.account.user.id })
    setError(outcome.isOk ? undefined : outcome.error)
    if (!outcome.isOk) return
    const { token, expiresAt } = outcome.value
    button?.focus()
    props.onLink({ name: name(), url: `${location.origin}${linkPath.reset}#${token}`, expiresAt })
  }
  return (
    <li class="border-t border-line py-2.5 first:border-t-0">
      <div class="flex items-center gap-3">
        <Avatar user={user()} />
        <div class="min-w-0 flex-1 two:flex two:items-center two:gap-3">
          <WhoTheyAre account={props.account} isMe={isMe()} />
          <WhatTheyAre account={props.account} />
        </div>
        {/* As wide without a menu, so that the columns are columns. */}
        <div class="w-8.5 flex-none pointer-coarse:w-11">
          <Show when={mayUse() && (hasChoice() || !isMe())}>
            <RowMenu label={words.people.actionsFor(name())} ref={(element) => (button = element)}>
              <Show when={hasChoice()}>
                <RowMenuChoice
                  label={words.people.role}
                  value={props.account.role}
                  choices={choices()}
                  onChoose={(role) => {
                    if (role !== "guest") setRole(role)
                  }}
                />
              </Show>
              <Show when={hasChoice() && !isMe()}>
                <RowMenuSeparator />
              </Show>
              {/* One's own account has all of this in the settings. */}
              <Show when={!isMe()}>
                <Show when={props.account.username !== null}>
                  <RowMenuItem onSelect={() => void makeLink()}>{words.people.resetLink}</RowMenuItem>
                </Show>
                <Show when={user().isApp !== true}>
                  <RowMenuItem onSelect={signOut}>{words.people.signOut.item}</RowMenuItem>
                </Show>
                <Show
                  when={props.account.isActive}
                  fallback={
                    <RowMenuItem onSelect={() => void inRow(setActive(true))}>{words.people.activate.item}</RowMenuItem>
                  }
                >
                  <RowMenuItem isDangerous onSelect={deactivate}>
                    {words.people.deactivate.item}
                  </RowMenuItem>
                </Show>
              </Show>
            </RowMenu>
          </Show>
        </div>
      </div>
      <div class="ps-12">
        <Trouble error={error()} />
      </div>
    </li>
  )
}

const WhoTheyAre = (props: { readonly account: AccountSummary; readonly isMe: boolean }): JSX.Element => {
  const { current } = useShell()
  const user = () => current(props.account.user)
  return (
    <div class="min-w-0 two:flex-1">
      <p class="flex items-center gap-1.5">
        <span class="truncate" classList={{ "text-muted": !props.account.isActive }} dir="auto">
          {user().name}
        </span>
        <Show when={props.isMe}>
          <span class="text-xs text-muted">{texts.people.you}</span>
        </Show>
        {/* That somebody is a guest is said by their role. */}
        <Show when={user().isApp}>
          <GuestMark user={user()} />
        </Show>
        <Show when={!props.account.isActive}>
          <span class="rounded-sm border border-line px-1 text-[0.6875rem] leading-4 text-danger">
            {words.people.deactivated}
          </span>
        </Show>
      </p>
      <Show when={props.account.username}>{(username) => <p class="truncate text-sm text-muted">{username()}</p>}</Show>
    </div>
  )
}

const WhatTheyAre = (props: { readonly account: AccountSummary }): JSX.Element => (
  <p class="flex flex-wrap gap-x-1.5 text-sm text-muted two:contents">
    <span class="two:w-18" classList={{ "text-strong": props.account.role !== "guest" }}>
      {words.roles[props.account.role]}
    </span>
    <span class="two:hidden" aria-hidden="true">
      ·
    </span>
    <Show when={props.account.lastSeenAt} fallback={<span class="two:w-48">{words.people.neverSeen}</span>}>
      {(at) => (
        <time class="two:w-48" dateTime={new Date(at()).toISOString()} title={exactTime(at())}>
          {words.people.seen(whenText(at(), Date.now()))}
        </time>
      )}
    </Show>
  </p>
)
