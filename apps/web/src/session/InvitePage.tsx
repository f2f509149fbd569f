import type { CallFailure } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import type { Room } from "@messenger/protocol/Room"
import { Match, Show, Switch, createEffect, createSignal, onCleanup, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { errorText, texts } from "../texts.ts"
import { FormAlert, Submit } from "../ui/Field.tsx"
import { RouteLink } from "../ui/RouteLink.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import { pathOf } from "../ui/router.ts"
import { Card, Intro } from "./Card.tsx"
import { Incomplete } from "./Incomplete.tsx"
import { RegisterForm } from "./RegisterForm.tsx"
import { words } from "./words.ts"

/** Where an invitation leads somebody who is known: into a room, or to an account of their own. */
export const InvitePage = (props: { readonly me: User; readonly token: string | undefined }): JSX.Element => (
  <Show
    when={props.token}
    keyed
    fallback={
      <Card title={words.link.inviteOver}>
        <Incomplete />
      </Card>
    }
  >
    {(token) => <Invitation me={props.me} token={token} />}
  </Show>
)

const Invitation = (props: { readonly me: User; readonly token: string }): JSX.Element => {
  const { messenger } = useShell()
  const [found, setFound] = createSignal<{ readonly room: string | null }>()
  const [refusal, setRefusal] = createSignal<CallFailure<"LookAtInvite">>()
  const look = async () => {
    setRefusal(undefined)
    const outcome = await messenger.call("LookAtInvite", { token: props.token })
    if (outcome.isOk) setFound(outcome.value)
    else setRefusal(outcome.error)
  }
  onMount(() => void look())
  return (
    <Card title={refusal() === undefined ? words.link.inviteTitle : words.link.inviteOver}>
      <Switch fallback={<p class="skeleton mt-1.5 min-h-24 text-muted">{words.link.looking}</p>}>
        <Match when={found()?.room}>{(room) => <JoinRoom room={room()} token={props.token} />}</Match>
        <Match when={found() !== undefined && props.me.isGuest}>
          <Intro>{words.register.keep}</Intro>
          <RegisterForm guest={props.me} isUsedUp invite={props.token} />
        </Match>
        <Match when={found() !== undefined}>
          <Intro>{words.link.inviteServer}</Intro>
          <RouteLink class="button mt-6 min-h-11" path="/">
            {words.link.home}
          </RouteLink>
        </Match>
        <Match when={refusal()}>
          {(error) => (
            <>
              <p role="alert" class="mt-1.5 text-pretty text-danger">
                {errorText(error())}
              </p>
              <div class="mt-6 flex flex-col gap-2">
                <Show when={error()._tag !== "LinkInvalid"}>
                  <button type="button" class="button button-primary min-h-11" onClick={() => void look()}>
                    {texts.again}
                  </button>
                </Show>
                <RouteLink class="button min-h-11" path="/">
                  {words.link.home}
                </RouteLink>
              </div>
            </>
          )}
        </Match>
      </Switch>
    </Card>
  )
}

/** How long a room that was joined may take to be in one's list before one goes there anyway, in milliseconds. */
const listedWithinMillis = 3_000

const JoinRoom = (props: { readonly room: string; readonly token: string }): JSX.Element => {
  const { messenger, router } = useShell()
  const [joined, setJoined] = createSignal<Room>()
  const inbox = fromReadable(messenger.inbox)
  const form = createForm<never, CallFailure<"AcceptInvite">>({
    check: () => [],
    placeOf: () => undefined,
    send: async () => {
      const outcome = await messenger.call("AcceptInvite", { token: props.token })
      if (outcome.isOk) setJoined(outcome.value)
      return outcome
    }
  })
  const goTo = (room: Room) => {
    router.forget()
    router.go(pathOf(room.slug), { replace: true })
  }
  createEffect(() => {
    const room = joined()
    if (room === undefined) return
    // Before the list has it, the address would be that of no room.
    if (inbox().view.rooms.has(room.id)) return goTo(room)
    const timer = setTimeout(goTo, listedWithinMillis, room)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <>
      <Intro>{words.link.inviteRoom(props.room)}</Intro>
      <form class="mt-4" method="post" onSubmit={form.onSubmit}>
        <FormAlert form={form} />
        <Submit form={form} label={words.link.join(props.room)} isWide />
        <RouteLink class="button mt-2 min-h-11 w-full" path="/">
          {words.link.notNow}
        </RouteLink>
      </form>
    </>
  )
}
