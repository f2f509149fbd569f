import type { CallFailure } from "@messenger/client/Messenger"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import type { User } from "@messenger/protocol/Account"
import { FormAlert, Submit } from "../ui/Field.tsx"
import { RouteLink } from "../ui/RouteLink.tsx"
import { useShell } from "../ui/Shell.ts"
import { createForm } from "../ui/form.ts"
import { Card, Intro } from "./Card.tsx"
import { Incomplete } from "./Incomplete.tsx"
import { words } from "./words.ts"

/** Makes a member the owner of the server, by the link that the server prints when it starts. */
export const ClaimPage = (props: { readonly me: User; readonly token: string | undefined }): JSX.Element => (
  <Card title={words.link.claimTitle}>
    <Show when={props.token} fallback={<Incomplete />}>
      {(token) => (
        <>
          <Intro>{words.link.claim(props.me.name)}</Intro>
          <Claim token={token()} />
        </>
      )}
    </Show>
  </Card>
)

const Claim = (props: { readonly token: string }): JSX.Element => {
  const { messenger, router, say } = useShell()
  const form = createForm<never, CallFailure<"ClaimServer">>({
    check: () => [],
    placeOf: () => undefined,
    send: () => messenger.call("ClaimServer", { token: props.token }),
    onDone: () => {
      say(words.link.claimed)
      router.forget()
      router.go("/", { replace: true })
    }
  })
  return (
    <form class="mt-4" method="post" onSubmit={form.onSubmit}>
      <FormAlert form={form} />
      <Submit form={form} label={words.link.claimSubmit} isWide />
      <RouteLink class="button mt-2 min-h-11 w-full" path="/">
        {words.link.notNow}
      </RouteLink>
    </form>
  )
}
