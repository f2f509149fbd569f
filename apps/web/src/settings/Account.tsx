import type { CallFailure } from "@messenger/client/Messenger"
import type { OwnAccount } from "@messenger/protocol/AccountRpcs"
import { Match, Switch, createSignal, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { Email } from "./Email.tsx"
import { Password } from "./Password.tsx"
import { Section } from "./Section.tsx"
import { words } from "./words.ts"

/** What a member logs in with. */
export const Account = (): JSX.Element => {
  const { messenger } = useShell()
  const [account, setAccount] = createSignal<OwnAccount>()
  const [refusal, setRefusal] = createSignal<CallFailure<"GetAccount">>()
  const load = async () => {
    setRefusal(undefined)
    const outcome = await messenger.call("GetAccount")
    if (outcome.isOk) setAccount(outcome.value)
    else setRefusal(outcome.error)
  }
  onMount(() => void load())
  return (
    <Section title={words.account.title}>
      <Switch fallback={<OnItsWay />}>
        <Match when={account()}>
          {(known) => (
            <>
              <div class="pb-3">
                <p class="text-sm text-muted">{words.account.username}</p>
                <p class="truncate" dir="auto">
                  {known().username}
                </p>
              </div>
              <Email account={known()} onChanged={() => void load()} />
              <Password account={known()} onChanged={() => void load()} />
            </>
          )}
        </Match>
        <Match when={refusal()}>
          {(error) => (
            <>
              <p role="alert" class="text-danger">
                {errorText(error())}
              </p>
              <button type="button" class="button mt-3" onClick={() => void load()}>
                {texts.again}
              </button>
            </>
          )}
        </Match>
      </Switch>
    </Section>
  )
}

// As high as what comes in its place.
const OnItsWay = (): JSX.Element => (
  <div class="skeleton flex min-h-47 flex-col gap-4" aria-hidden="true">
    <i class="h-4 w-32" />
    <i class="h-4 w-48" />
  </div>
)
