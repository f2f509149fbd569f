import type { CallSuccess } from "@messenger/client/Messenger"
import type { RoomId } from "@messenger/protocol/Room"
import { Show, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { Panel } from "../../ui/Panel.tsx"
import { useShell } from "../../ui/Shell.ts"
import { whileSeen } from "../../ui/whileSeen.ts"
import { Incoming } from "./Incoming.tsx"
import { Outgoing } from "./Outgoing.tsx"
import { words } from "./words.ts"

/** What the dialog is about. */
export interface IntegrationsProps {
  readonly isOpen: boolean
  readonly roomId: RoomId
  readonly name: string
  readonly ask: (question: Question) => void
  readonly onClose: () => void
}

/** The webhooks of a room, for those who may make them. */
export const Integrations = (props: IntegrationsProps): JSX.Element => (
  <Panel isOpen={props.isOpen} title={words.title(props.name)} hint={words.hint} onClose={props.onClose}>
    <Webhooks roomId={props.roomId} ask={props.ask} />
  </Panel>
)

/** When each was last used is looked at this often, in milliseconds. */
const lookEveryMillis = 20_000

const Webhooks = (props: { readonly roomId: RoomId; readonly ask: (question: Question) => void }): JSX.Element => {
  const { messenger } = useShell()
  const { roomId } = props
  const [webhooks, setWebhooks] = createSignal<CallSuccess<"ListWebhooks">>()
  const [error, setError] = createSignal<TellableError>()
  // Counts what was changed here, so that an answer from before does not undo it.
  let changes = 0
  const load = async () => {
    const asked = changes
    const outcome = await messenger.call("ListWebhooks", { roomId })
    setError(outcome.isOk ? undefined : outcome.error)
    if (outcome.isOk && asked === changes) setWebhooks(outcome.value)
  }
  const change = (part: (before: CallSuccess<"ListWebhooks">) => Partial<CallSuccess<"ListWebhooks">>) => {
    changes++
    setWebhooks((before) => before && { ...before, ...part(before) })
  }
  onMount(() => void load())
  whileSeen(load, lookEveryMillis)
  return (
    <>
      <p role="alert" class="text-sm text-danger empty:hidden">
        <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
      </p>
      <Show
        when={webhooks()}
        fallback={
          <Show when={error()} fallback={<p class="skeleton text-sm text-muted">{texts.loading}</p>}>
            <button type="button" class="button self-start" onClick={() => void load()}>
              {texts.again}
            </button>
          </Show>
        }
      >
        {(known) => (
          <>
            <Incoming
              roomId={roomId}
              webhooks={known().incoming}
              ask={props.ask}
              onChange={(next) => change(({ incoming }) => ({ incoming: next(incoming) }))}
            />
            <Outgoing
              roomId={roomId}
              webhooks={known().outgoing}
              ask={props.ask}
              onChange={(next) => change(({ outgoing }) => ({ outgoing: next(outgoing) }))}
            />
          </>
        )}
      </Show>
    </>
  )
}
