import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { Invitations } from "../room/members/Invitations.tsx"
import type { Question } from "../ui/Confirm.tsx"
import { useShell } from "../ui/Shell.ts"
import { words } from "./words.ts"

/** Links that let somebody register, and whether they do so here at all. */
export const ServerInvitations = (props: { readonly ask: (question: Question) => void }): JSX.Element => {
  const { messenger } = useShell()
  const terms = fromReadable(messenger.server)
  return (
    <div class="max-w-160">
      <Show when={terms()}>
        {(known) => (
          <section class="mb-6 rounded-lg border border-line bg-surface px-4 py-3">
            <h2 class="font-[620]">{words.invitations.title[known().registration]}</h2>
            <p class="text-sm text-pretty text-normal">{words.invitations.text[known().registration]}</p>
          </section>
        )}
      </Show>
      <Invitations
        hint={words.invitations.hint}
        list={() => messenger.call("ListServerInvites")}
        make={(terms) => messenger.call("InviteToServer", terms)}
        revoke={(id) => messenger.call("RevokeServerInvite", { id })}
        ask={props.ask}
      />
    </div>
  )
}
