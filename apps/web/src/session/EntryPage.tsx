import type { ServerTerms } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import { For, Match, Show, Switch, createEffect, createMemo } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { RouteLink } from "../ui/RouteLink.tsx"
import { useShell } from "../ui/Shell.ts"
import { pagePath, parseRoute } from "../ui/router.ts"
import type { Route } from "../ui/router.ts"
import { Card, Intro, Notice } from "./Card.tsx"
import { LoginForm } from "./LoginForm.tsx"
import { NameForm } from "./NameForm.tsx"
import { RegisterForm } from "./RegisterForm.tsx"
import type { Ended } from "./ending.ts"
import { linkInto, modeOf, needsNoAccount } from "./mode.ts"
import type { Mode } from "./mode.ts"
import { words } from "./words.ts"

/** What the page for coming in is given. */
export interface EntryProps {
  /** A guest who wants an account, or has to have one. */
  readonly guest: User | undefined
  /** Why the session ended that was open here before. */
  readonly ended: Ended | undefined
}

/** Where one comes in: as a guest, by logging in, or with a new account. */
export const EntryPage = (props: EntryProps): JSX.Element => {
  const { messenger } = useShell()
  const terms = fromReadable(messenger.server)
  return <Show when={terms()}>{(known) => <Entry guest={props.guest} ended={props.ended} terms={known()} />}</Show>
}

const Entry = (props: EntryProps & { readonly terms: ServerTerms }): JSX.Element => {
  const { router, say } = useShell()
  createEffect(() => {
    if (props.ended !== undefined) say(words.ended[props.ended])
  })
  const goal = createMemo(() => parseRoute(router.goal()))
  const mode = createMemo(() =>
    modeOf({ route: router.route(), goal: goal(), terms: props.terms, isGuest: props.guest !== undefined })
  )
  const link = () => linkInto(goal(), props.terms)
  const invite = () => {
    const kind = link()
    return kind === undefined ? undefined : router.tokenOf(kind)
  }
  const canRegister = () => props.terms.registration === "open" || invite() !== undefined
  const title = () => {
    if (mode() === "register" && props.guest !== undefined) return words.register.keepTitle
    return words[mode()].title
  }
  return (
    <Card title={title()}>
      <Show when={props.ended}>{(end) => <Notice>{words.ended[end()]}</Notice>}</Show>
      <Purpose goal={goal()} mode={mode()} guest={props.guest} ended={props.ended} />
      <Switch>
        <Match when={mode() === "name"}>
          <NameForm />
        </Match>
        <Match when={mode() === "login"}>
          <LoginForm />
        </Match>
        <Match when={mode() === "register" && canRegister()}>
          <RegisterForm guest={props.guest} invite={invite()} isUsedUp={link() === "invite"} />
        </Match>
        <Match when={mode() === "register"}>
          <Intro>{props.terms.registration === "closed" ? words.register.closed : words.register.byInvitation}</Intro>
        </Match>
      </Switch>
      <OtherWays mode={mode()} guest={props.guest} terms={props.terms} canRegister={canRegister()} />
    </Card>
  )
}

/** What one comes in for. */
const Purpose = (props: {
  readonly goal: Route
  readonly mode: Mode
  readonly guest: User | undefined
  readonly ended: Ended | undefined
}): JSX.Element => {
  const { router } = useShell()
  const linkPurpose = () => {
    if (props.goal._tag !== "Link" || props.goal.kind === "reset") return undefined
    return router.tokenOf(props.goal.kind) === undefined ? words.link.incomplete : words.intro[props.goal.kind]
  }
  const sentences = () => [
    // Who was here a moment ago knows it.
    props.ended === undefined && props.guest === undefined
      ? (purposeOf(props.goal, props.mode) ?? linkPurpose())
      : undefined,
    props.guest !== undefined && !needsNoAccount(props.goal) ? linkPurpose() : undefined,
    props.mode === "name" ? words.name.hint : undefined,
    props.mode === "register" && props.guest !== undefined ? words.register.keep : undefined,
    props.mode === "login" && props.guest !== undefined ? words.login.asGuest(props.guest.name) : undefined
  ]
  const text = () =>
    sentences()
      .filter((sentence) => sentence !== undefined)
      .join(" ")
  return <Show when={text()}>{(said) => <Intro>{said()}</Intro>}</Show>
}

const purposeOf = (goal: Route, mode: Mode): string | undefined => {
  if (goal._tag !== "Room") return undefined
  return mode === "login" ? words.intro.back(goal.slug) : words.intro.room(goal.slug)
}

/** The ways in besides the one that is shown. */
const OtherWays = (props: {
  readonly mode: Mode
  readonly guest: User | undefined
  readonly terms: ServerTerms
  readonly canRegister: boolean
}): JSX.Element => {
  const { router } = useShell()
  const ways = createMemo(() => {
    const isOpenToGuests = needsNoAccount(parseRoute(router.goal()))
    return [
      props.mode === "login" ? undefined : { path: pagePath.login, label: words.others.login },
      props.mode === "register" || !props.canRegister
        ? undefined
        : { path: pagePath.register, label: words.others.register },
      props.guest === undefined && props.mode !== "name" && props.terms.guests && isOpenToGuests
        ? { path: router.goal(), label: words.others.guest }
        : undefined,
      props.guest === undefined ? undefined : { path: isOpenToGuests ? router.goal() : "/", label: words.others.back }
    ].filter((way) => way !== undefined)
  })
  return (
    <>
      <Show when={ways().length > 0}>
        <p class="rule mt-6 mb-4">{words.others.or}</p>
        <div class="flex flex-col gap-2">
          <For each={ways()}>
            {({ path, label }) => (
              <RouteLink class="button min-h-11" path={path}>
                {label}
              </RouteLink>
            )}
          </For>
        </div>
      </Show>
      <Show when={props.mode !== "register" && !props.canRegister && props.terms.registration === "invite"}>
        <p class="mt-4 text-sm text-pretty text-muted">{words.register.byInvitation}</p>
      </Show>
    </>
  )
}
