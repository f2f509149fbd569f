import type { User } from "@messenger/protocol/Account"
import type { InboxView } from "@messenger/protocol/InboxView"
import { For, Match, Show, Switch } from "solid-js"
import type { JSX } from "solid-js"
import { Banner } from "../connection/Banner.tsx"
import { texts } from "../texts.ts"
import { createConfirmation } from "../ui/Confirmation.tsx"
import { Icon } from "../ui/Icon.tsx"
import { useShell } from "../ui/Shell.ts"
import { adminPath, adminSections, isPlainClick } from "../ui/router.ts"
import type { AdminSection } from "../ui/router.ts"
import { Audit } from "./Audit.tsx"
import { People } from "./People.tsx"
import { Apps } from "./Apps.tsx"
import { ServerInvitations } from "./ServerInvitations.tsx"
import { words } from "./words.ts"

/** What every page of those who run the server is given. */
export interface AdminProps {
  readonly section: AdminSection
  readonly me: User
  readonly inbox: InboxView
  /** Opens the list of rooms, where it does not stand beside this page. */
  readonly onMenu: (() => void) | undefined
}

/** The pages of those who run the server. */
export const Admin = (props: AdminProps): JSX.Element => {
  const confirmation = createConfirmation()
  return (
    <main class="relative flex min-w-0 flex-1 flex-col">
      <Banner notice={undefined} />
      <header class="flex-none border-b border-line ps-2 pe-3 pt-[env(safe-area-inset-top)] two:ps-4">
        <div class="flex h-14 items-center gap-1">
          <Show when={props.onMenu}>
            {(open) => (
              <button
                type="button"
                class="icon-button two:-ms-2"
                aria-label={texts.rooms.open}
                onClick={() => open()()}
              >
                <Icon name="menu" />
              </button>
            )}
          </Show>
          <h1 tabindex={-1} class="ps-1 font-[620] tracking-[-0.01em] outline-none two:ps-0">
            {texts.admin}
          </h1>
        </div>
        <nav aria-label={texts.admin} class="-mb-px flex gap-1 overflow-x-auto">
          <For each={adminSections}>{(section) => <Tab section={section} isCurrent={section === props.section} />}</For>
        </nav>
      </header>
      {/* What scrolls is reached with the Tab key: a log that is read to its end has nothing else in it to stand on. */}
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex */}
      <section
        class="min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px]"
        tabindex={0}
        aria-label={words.sections[props.section]}
      >
        <div class="max-w-220 px-4 pt-5 pb-[max(24px,env(safe-area-inset-bottom))]">
          <Switch>
            <Match when={props.section === "people"}>
              <People me={props.me} myRole={props.inbox.role ?? "guest"} ask={confirmation.ask} />
            </Match>
            <Match when={props.section === "invitations"}>
              <ServerInvitations ask={confirmation.ask} />
            </Match>
            <Match when={props.section === "apps"}>
              <Apps />
            </Match>
            <Match when={props.section === "audit"}>
              <Audit inbox={props.inbox} />
            </Match>
          </Switch>
        </div>
      </section>
      {/* oxlint-enable jsx-a11y/no-noninteractive-tabindex */}
      <confirmation.Dialog />
    </main>
  )
}

const Tab = (props: { readonly section: AdminSection; readonly isCurrent: boolean }): JSX.Element => {
  const { router } = useShell()
  return (
    <a
      href={adminPath(props.section)}
      class="tab"
      aria-current={props.isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        router.go(adminPath(props.section))
      }}
    >
      {words.sections[props.section]}
    </a>
  )
}
