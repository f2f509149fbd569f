import type { User } from "@messenger/protocol/Account"
import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "../bridge/fromReadable.ts"
import { Banner } from "../connection/Banner.tsx"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { RouteLink } from "../ui/RouteLink.tsx"
import { useShell } from "../ui/Shell.ts"
import { pagePath } from "../ui/router.ts"
import { Account } from "./Account.tsx"
import { DeleteAccount } from "./DeleteAccount.tsx"
import { Devices } from "./Devices.tsx"
import { Profile } from "./Profile.tsx"
import { Section } from "./Section.tsx"
import { words } from "./words.ts"

/** What the settings are given. */
export interface SettingsProps {
  readonly me: User
  /** Opens the list of rooms, where it does not stand beside this page. */
  readonly onMenu: (() => void) | undefined
}

/** How one is seen, what one logs in with, where one is logged in, and the way out. */
export const Settings = (props: SettingsProps): JSX.Element => (
  <main class="relative flex min-w-0 flex-1 flex-col">
    <Banner notice={undefined} />
    <Header onMenu={props.onMenu} />
    <div class="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <div class="mx-auto max-w-160 px-4 pb-[max(24px,env(safe-area-inset-bottom))] two:px-6">
        <Profile me={props.me} />
        <Show when={props.me.isGuest} fallback={<Account />}>
          <AsGuest />
        </Show>
        <Devices />
        <Show when={!props.me.isGuest}>
          <DeleteAccount />
        </Show>
      </div>
    </div>
  </main>
)

const Header = (props: { readonly onMenu: (() => void) | undefined }): JSX.Element => {
  const { router } = useShell()
  return (
    <header class="flex flex-none items-center gap-1 border-b border-line ps-2 pe-3 pt-[env(safe-area-inset-top)] two:ps-6">
      <Show when={props.onMenu}>
        {(open) => (
          <button type="button" class="icon-button two:-ms-4" aria-label={texts.rooms.open} onClick={() => open()()}>
            <Icon name="menu" />
          </button>
        )}
      </Show>
      <h1 tabindex={-1} class="flex h-14 flex-1 items-center ps-1 font-[620] tracking-[-0.01em] outline-none two:ps-0">
        {words.title}
      </h1>
      <button
        type="button"
        class="icon-button"
        aria-label={texts.close}
        data-tip={texts.close}
        onClick={() => router.go(router.goal())}
      >
        <Icon name="close" />
      </button>
    </header>
  )
}

/** What a guest is, and could be. */
const AsGuest = (): JSX.Element => {
  const { messenger } = useShell()
  const terms = fromReadable(messenger.server)
  return (
    <Section title={words.guest.title} hint={words.guest.hint}>
      <div class="flex flex-wrap gap-2">
        <Show when={terms()?.registration === "open"}>
          <RouteLink class="button button-primary" path={pagePath.register}>
            {words.guest.register}
          </RouteLink>
        </Show>
        <RouteLink class="button" path={pagePath.login}>
          {words.guest.login}
        </RouteLink>
      </div>
    </Section>
  )
}
