// The client of whoever is known, and mirrors of what it says: when somebody else is known their client takes its place, and
// whoever reads the mirrors need not know.
import type { User } from "@messenger/protocol/Account"
import * as InboxView from "@messenger/protocol/InboxView"
import type { Forbidden } from "@messenger/protocol/Rights"
import * as ConnectionState from "./ConnectionState.ts"
import type { PendingChange } from "./Edits.ts"
import type { FeedState } from "./FeedState.ts"
import type { OutboxEntry } from "./OutboxEntry.ts"
import { cell } from "./Readable.ts"
import type { Cell, Readable } from "./Readable.ts"
import * as RunningClient from "./RunningClient.ts"

/** At most one running client, and what it says. */
export const make = (options: Omit<RunningClient.RunningClientOptions, "user">) => {
  const connection = cell(ConnectionState.initial)
  const inbox = cell(emptyInbox)
  const outbox = cell<ReadonlyArray<OutboxEntry>>([])
  const changes = cell<ReadonlyArray<PendingChange>>([])
  // How to stop showing what the client knows, too.
  let running: { readonly client: RunningClient.RunningClient; readonly unmirror: () => void } | undefined

  const mirror = ({ client }: RunningClient.RunningClient) => {
    const stops = [
      mirrorTo(connection, client.connection.state),
      mirrorTo(inbox, client.inbox.feed),
      mirrorTo(outbox, client.outbox.entries),
      mirrorTo(changes, client.edits.pending)
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  const stop = (): Promise<void> => {
    const stopping = running
    running = undefined
    stopping?.unmirror()
    connection.set(ConnectionState.initial)
    inbox.set(emptyInbox)
    outbox.set([])
    changes.set([])
    return stopping?.client.close() ?? Promise.resolve()
  }

  return {
    connection,
    inbox,
    outbox,
    changes,
    get: () => running?.client,
    /**
     * From now on this is the client of `user`, and connected; with the same user as before it is the same client. It connects anew
     * when the session `isRenewed`.
     */
    become: (user: User, isRenewed: boolean): void => {
      if (running?.client.user.id !== user.id) {
        void stop()
        const client = RunningClient.start({ ...options, user })
        running = { client, unmirror: mirror(client) }
      } else if (isRenewed) {
        running.client.client.connection.close()
      }
      running.client.client.connection.connect()
    },
    /** Lets go of the client. What it had written down stays on the device, for the next client of its account. */
    stop
  }
}

/** At most one running client, and what it says. */
export type CurrentClient = ReturnType<typeof make>

const emptyInbox: FeedState<InboxView.InboxView, Forbidden> = { view: InboxView.empty, status: { _tag: "Opening" } }

const mirrorTo = <A>(target: Cell<A>, source: Readable<A>): (() => void) => {
  target.set(source.get())
  return source.subscribe(() => target.set(source.get()))
}
