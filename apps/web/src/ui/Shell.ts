// What every screen has at hand.
import type { Messenger } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import { createContext, useContext } from "solid-js"
import type { Router } from "./router.ts"

/** The client, the address bar, people as they are now, and the voice of the page. */
export interface Shell {
  readonly messenger: Messenger
  readonly router: Router
  /** Somebody as they are now: names and colours change, and what was received before keeps the old ones. Tracked. */
  readonly current: (user: User) => User
  /** Has a screen reader say a sentence, when it has time. */
  readonly say: (text: string) => void
  /** Logs out, and forgets where one was. */
  readonly leave: Messenger["leave"]
}

const ShellContext = createContext<Shell>()

/** Gives the shell to what is inside. */
export const ShellProvider = ShellContext.Provider

/** The shell around this component. */
export const useShell = (): Shell => {
  const shell = useContext(ShellContext)
  if (shell === undefined) throw new Error("A component that needs the shell was rendered outside of it.")
  return shell
}
