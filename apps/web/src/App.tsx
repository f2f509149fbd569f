import type { Messenger } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import { Match, Show, Switch, createEffect, createMemo } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "./bridge/fromReadable.ts"
import { pageIsCurrent, pageIsOutdated } from "./connection/upgrade.ts"
import { Home } from "./Home.tsx"
import { createCurrent } from "./presence/current.ts"
import { Splash } from "./session/Splash.tsx"
import { createEnding } from "./session/ending.ts"
import { asksForAccount } from "./session/mode.ts"
import { createAnnouncer } from "./ui/Announcer.tsx"
import { Awaited } from "./ui/Awaited.tsx"
import { ShellProvider } from "./ui/Shell.ts"
import { onDemand } from "./ui/onDemand.ts"
import { createRouter } from "./ui/router.ts"

/** Where one comes in; most readers are in already. */
export const entryPage = onDemand(async () => (await import("./session/EntryPage.tsx")).EntryPage)

/** Where links with a token lead. */
export const linkPage = onDemand(async () => (await import("./session/LinkPage.tsx")).LinkPage)

/** The whole page: who is here and the address decide what it shows. */
export const App = (props: { readonly messenger: Messenger }): JSX.Element => {
  const { messenger } = props
  const announcer = createAnnouncer()
  const router = createRouter()
  const identity = fromReadable(messenger.identity)
  const connection = fromReadable(messenger.connection)
  const { ended, leave } = createEnding(messenger, router, identity)
  // As long as the page that needs it is shown somebody is known; it may be taken down a moment after they are not.
  const me = createMemo<User | undefined>((before) => {
    const who = identity()
    return who._tag === "Known" ? who.user : before
  })
  const guest = () => {
    const who = identity()
    return who._tag === "Known" && who.user.isGuest ? who.user : undefined
  }
  const link = createMemo(() => {
    const route = router.route()
    return route._tag === "Link" ? route : undefined
  })
  const screen = createMemo(() => {
    const who = identity()._tag
    if (who === "Loading") return "splash"
    if (link()?.kind === "reset") return "link"
    if (who === "Anonymous" || (guest() !== undefined && asksForAccount(router.route()))) return "entry"
    return link() === undefined ? "home" : "link"
  })
  // Another person begins anew; the same one under another name, or with an account, does not.
  const home = createMemo(() => (screen() === "home" ? me()?.id : undefined))
  createEffect(() => {
    // Whoever has an account is through with asking for one.
    const route = router.route()
    if (screen() === "home" && route._tag === "Page" && asksForAccount(route))
      router.go(router.goal(), { replace: true })
  })
  createEffect(() => {
    const state = connection()
    if (state._tag === "Open") pageIsCurrent()
    if (state._tag === "Refused" && state.refusal._tag === "UpgradeRequired") void reloadKeepingAll(messenger)
  })
  return (
    <ShellProvider value={{ messenger, router, current: createCurrent(messenger), say: announcer.say, leave }}>
      <Switch fallback={<Splash />}>
        <Match when={screen() === "entry"}>
          <Awaited part={entryPage} with={{ guest: guest(), ended: ended() }} meanwhile={<Splash />} />
        </Match>
        <Match when={screen() === "link" && link()}>
          {(opened) => (
            <Awaited
              part={linkPage}
              meanwhile={<Splash />}
              with={{
                kind: opened().kind,
                token: opened().token,
                me: identity()._tag === "Known" ? me() : undefined
              }}
            />
          )}
        </Match>
        <Match when={home()} keyed>
          {(_id) => <Show when={me()}>{(user) => <Home me={user()} />}</Show>}
        </Match>
      </Switch>
      <announcer.Region />
    </ShellProvider>
  )
}

/** Reloads an outdated page, or asks to, after everything that was written is on this device's disk. */
export const reloadKeepingAll = async (messenger: Messenger): Promise<void> => {
  await messenger.flush()
  pageIsOutdated()
}
