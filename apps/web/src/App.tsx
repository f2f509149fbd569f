import type { Messenger } from "@messenger/client/Messenger"
import { Match, Switch, createEffect, createMemo } from "solid-js"
import type { JSX } from "solid-js"
import { fromReadable } from "./bridge/fromReadable.ts"
import { pageIsCurrent, pageIsOutdated } from "./connection/upgrade.ts"
import { Home } from "./Home.tsx"
import { createCurrent } from "./presence/current.ts"
import { NamePage } from "./session/NamePage.tsx"
import { Splash } from "./session/Splash.tsx"
import { createAnnouncer } from "./ui/Announcer.tsx"
import { ShellProvider } from "./ui/Shell.ts"
import { createRouter } from "./ui/router.ts"

/** The whole page: who is here decides what it shows. */
export const App = (props: { readonly messenger: Messenger }): JSX.Element => {
  const { messenger } = props
  const announcer = createAnnouncer()
  const identity = fromReadable(messenger.identity)
  const connection = fromReadable(messenger.connection)
  // Who it is decides whether the page begins anew; that the server said so again does not.
  const me = createMemo(
    () => {
      const known = identity()
      return known._tag === "Known" ? known.user : undefined
    },
    undefined,
    { equals: (a, b) => a?.id === b?.id && a?.name === b?.name && a?.isGuest === b?.isGuest }
  )
  createEffect(() => {
    const state = connection()
    if (state._tag === "Open") pageIsCurrent()
    if (state._tag === "Refused" && state.refusal._tag === "UpgradeRequired") void reloadKeepingAll(messenger)
  })
  return (
    <ShellProvider value={{ messenger, router: createRouter(), current: createCurrent(messenger), say: announcer.say }}>
      <Switch fallback={<Splash />}>
        <Match when={identity()._tag === "Anonymous"}>
          <NamePage />
        </Match>
        <Match when={me()} keyed>
          {(user) => <Home me={user} />}
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
