// A client without a server: it holds what a scene says and does what it is asked, in memory.
import type { FeedState } from "@messenger/client/FeedState"
import type {
  CallArguments,
  CallFailure,
  CallSuccess,
  CallTag,
  Identity,
  Messenger,
  Outcome,
  PendingChange,
  RoomHandle,
  ServerTerms
} from "@messenger/client/Messenger"
import type { OutboxEntry } from "@messenger/client/OutboxEntry"
import { cell } from "@messenger/client/Readable"
import { Unreachable } from "@messenger/client/Unreachable"
import { parseDisplayName, UserId, NameInvalid, NameTaken } from "@messenger/protocol/Account"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import * as InboxView from "@messenger/protocol/InboxView"
import { ClientKey, EditConflict, MessageInvalid, NotYourMessage, parseMessageText } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import type { Forbidden } from "@messenger/protocol/Rights"
import { RoomNameTaken, slugOf } from "@messenger/protocol/Room"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import * as RoomView from "@messenger/protocol/RoomView"
import { imaginedAccount } from "./imaginedAccount.ts"
import type { Answers } from "./imaginedAccount.ts"
import { imaginedServer } from "./imaginedServer.ts"
import { imaginedWebhooks } from "./imaginedWebhooks.ts"
import { ada, dara, heron, kim, logOf, roomNamed, said } from "./people.ts"
import type { Scene } from "./scenes.ts"

const later = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

/** A client that can be told what a server would tell it. */
export interface ImaginedMessenger extends Messenger {
  readonly tellInbox: (frame: InboxFrame) => void
  /** The server ends the session. */
  readonly end: (ended: SessionEnd) => void
}

/** The messenger of a scene. */
export const imaginedMessenger = (scene: Scene): ImaginedMessenger => {
  const identity = cell<Identity>(
    scene.me === null ? { _tag: "Anonymous", ended: undefined } : { _tag: "Known", user: scene.me, role: scene.role }
  )
  const connection = cell(scene.connection)
  const inbox = cell<FeedState<InboxView.InboxView, Forbidden>>({
    status: { _tag: "Live" },
    view: InboxView.apply(InboxView.empty, {
      _tag: "InboxSnapshot",
      me: scene.me ?? ada,
      role: scene.role,
      memberships: scene.memberships,
      status: "online",
      rooms: scene.rooms.map(({ room, lastMessage }) => ({ room, lastMessage })),
      markers: scene.rooms.flatMap(({ room, marker }) =>
        marker === undefined ? [] : [{ roomId: room.id, number: marker }]
      )
    })
  })
  const outbox = cell<ReadonlyArray<OutboxEntry>>(scene.outbox)
  let made = 0
  const roomOf = (id: RoomId) => inbox.get().view.rooms.get(id)?.room ?? roomNamed("lobby")
  const tellInbox = (frame: InboxFrame) =>
    inbox.set({ status: { _tag: "Live" }, view: InboxView.apply(inbox.get().view, frame) })

  const changes = cell<ReadonlyArray<PendingChange>>([])
  const account = imaginedAccount(identity, tellInbox)
  const answers: Answers = {
    ...account.answers,
    ...imaginedServer(scene.server, scene.me ?? ada, tellInbox),
    ...imaginedWebhooks(scene.me ?? ada)
  }
  const call = async <Tag extends CallTag>(
    tag: Tag,
    ...payload: CallArguments<Tag>
  ): Promise<Outcome<CallSuccess<Tag>, CallFailure<Tag>>> => {
    const answer = answers[tag]
    // What no scene shows yet.
    if (answer === undefined) return { isOk: false, error: new Unreachable({ cause: "A scene has no server" }) }
    return answer(...payload)
  }

  const openRoom = (roomId: RoomId): RoomHandle => {
    const room = roomOf(roomId)
    const isMain = scene.rooms[0]?.room.id === roomId
    let older = isMain ? scene.older : 0
    let view = RoomView.apply(
      RoomView.empty,
      {
        _tag: "Snapshot",
        cursor: { log: logOf(room), number: 1_000 },
        state: { room, messages: isMain ? scene.messages : [], hasOlder: older > 0 }
      },
      Date.now()
    )
    view = RoomView.apply(
      view,
      {
        _tag: "Latest",
        values: [
          {
            _tag: "People",
            count: scene.isCrowded ? 1_284 : scene.people.length,
            isCrowded: scene.isCrowded,
            people: scene.people
          }
        ]
      },
      Date.now()
    )
    for (const user of scene.typing)
      view = RoomView.apply(
        view,
        { _tag: "Ephemeral", event: { _tag: "Typing", user, isTyping: true } },
        Date.now() + 60_000
      )
    const feed = cell<FeedState<RoomView.RoomView, RoomNotFound>>(
      scene.isSilent ? { status: { _tag: "Opening" }, view: RoomView.empty } : { status: { _tag: "Live" }, view }
    )
    const isLoadingOlder = cell(false)
    const say = (author: typeof ada, text: string, key?: ClientKey) => {
      const number = (feed.get().view.messages.at(-1)?.number ?? 0) + 1
      const message = { ...said(number, author, Date.now(), text), ...(key === undefined ? {} : { key }) }
      const cursor = { log: logOf(room), number }
      feed.set({
        status: { _tag: "Live" },
        view: RoomView.apply(
          feed.get().view,
          { _tag: "Changes", cursor, changes: [{ _tag: "MessageChanged", message }] },
          Date.now()
        )
      })
      tellInbox({ _tag: "RoomsListed", rooms: [{ room, lastMessage: number }] })
    }
    let head = 1_000
    const change = (number: number, part: Pick<Message, "text"> & Partial<Message>) => {
      const message = feed.get().view.messages.find((one) => one.number === number)
      if (message === undefined) return
      const changed = { ...message, ...part, change: ++head }
      feed.set({
        status: { _tag: "Live" },
        view: RoomView.apply(
          feed.get().view,
          {
            _tag: "Changes",
            cursor: { log: logOf(room), number: head },
            changes: [{ _tag: "MessageChanged", message: changed }]
          },
          Date.now()
        )
      })
    }
    /** Does what was asked for a while later, and shows it as on its way until then. */
    const underWay = async <Refusal>(
      asked: { readonly number: number } & (
        | { readonly _tag: "Edit"; readonly text: string }
        | { readonly _tag: "Removal" }
      ),
      act: () => Refusal | undefined
    ) => {
      const key = ClientKey.make(`changed-by-me-${++made}`)
      changes.set([...changes.get(), { ...asked, key, roomId }])
      await (heldChanges?.promise ?? later(300))
      const error = act()
      changes.set(changes.get().filter((other) => other.key !== key))
      return error === undefined
        ? { isOk: true as const, value: { number: asked.number, cursor: { log: logOf(room), number: head }, at: 0 } }
        : { isOk: false as const, error }
    }
    let hold: PromiseWithResolvers<void> | undefined
    let heldChanges: PromiseWithResolvers<void> | undefined
    // For whoever plays with a scene: somebody else says something; older messages wait until they are let go.
    Object.assign(window, {
      hear: (text: string) => say(heron, text),
      holdOlder: () => {
        hold = Promise.withResolvers()
      },
      letOlderGo: () => hold?.resolve(),
      amend: (number: number, text: string) => change(number, { text, editedAt: Date.now() }),
      holdChanges: () => {
        heldChanges = Promise.withResolvers()
      },
      letChangesGo: () => {
        heldChanges?.resolve()
        heldChanges = undefined
      }
    })
    return {
      roomId,
      feed,
      isLoadingOlder,
      loadOlder: async () => {
        if (older === 0 || isLoadingOlder.get()) return
        isLoadingOlder.set(true)
        await (hold?.promise ?? later(300))
        const count = Math.min(50, older)
        const first = older - count + 1
        older -= count
        const before = feed.get().view
        const oldest = before.messages[0]?.at ?? Date.now()
        const messages = Array.from({ length: count }, (_, index) =>
          said(
            first + index,
            [heron, kim, dara][Math.floor((first + index) / 4) % 3] ?? heron,
            oldest - (count - index) * 60_000,
            (first + index) % 9 === 0
              ? `Older message ${first + index}, which says rather more than the others around it, so that heights differ and an estimate of them is wrong.`
              : `Older message ${first + index}`
          )
        )
        feed.set({
          status: { _tag: "Live" },
          view: RoomView.applyOlder(before, {
            messages,
            cursor: { log: logOf(room), number: 1_000 },
            hasOlder: older > 0,
            hasNewer: true
          })
        })
        isLoadingOlder.set(false)
      },
      history: async () => ({
        isOk: true,
        value: { messages: [], cursor: { log: logOf(room), number: 0 }, hasOlder: false, hasNewer: false }
      }),
      listPeople: async (after) => ({
        isOk: true,
        value: {
          people: [ada, heron, kim].map((user, index) => ({
            user: { ...user, id: UserId.make(`${user.id}-${after ?? "first"}`), name: `${user.name} ${index + 1}` },
            status: "online"
          })),
          next: after === null ? UserId.make("second") : null
        }
      }),
      send: (raw) => {
        const text = parseMessageText(raw)
        if (text instanceof MessageInvalid) return { isOk: false, error: text }
        const key = ClientKey.make(`sent-by-me-${++made}`)
        const entry: OutboxEntry = { key, roomId, text, writtenAt: Date.now(), state: { _tag: "Sent" } }
        outbox.set([...outbox.get(), entry])
        setTimeout(() => {
          say(scene.me ?? ada, text, key)
          outbox.set(outbox.get().filter((other) => other.key !== key))
        }, 400)
        return { isOk: true, value: key }
      },
      edit: async ({ number, change: version }, raw) => {
        const text = parseMessageText(raw)
        if (text instanceof MessageInvalid) return { isOk: false, error: text }
        return underWay({ _tag: "Edit", number, text }, () => {
          const now = feed.get().view.messages.find((one) => one.number === number)
          if (now !== undefined && now.change !== version) return new EditConflict({ change: now.change })
          change(number, { text, editedAt: Date.now() })
          return undefined
        })
      },
      remove: (number) =>
        underWay({ _tag: "Removal", number }, () => {
          if (scene.refusesRemoval) return new NotYourMessage()
          change(number, { text: "", state: "Deleted" })
          return undefined
        }),
      setTyping: () => {},
      markRead: (number) => tellInbox({ _tag: "MarkersMoved", markers: [{ roomId, number }] }),
      loadDraft: async () => sessionStorage.getItem(`draft:${roomId}`) ?? "",
      saveDraft: (text) => sessionStorage.setItem(`draft:${roomId}`, text),
      close: () => {}
    }
  }
  return {
    tellInbox,
    identity,
    end: account.end,
    server: cell<ServerTerms | undefined>(scene.terms ?? { registration: "open", guests: true }),
    connection,
    inbox,
    outbox,
    changes,
    ...account.session,
    call,
    enter: async (name) => {
      await later(200)
      const parsed = parseDisplayName(name)
      if (parsed instanceof NameInvalid) return { isOk: false, error: parsed }
      if (parsed === "Kim") return { isOk: false, error: new NameTaken() }
      const user = { ...ada, name: parsed }
      identity.set({ _tag: "Known", user, role: "guest" })
      return { isOk: true, value: user }
    },
    reconnect: () => connection.set({ _tag: "Connecting", attempt: 4 }),
    openRoom,
    createRoom: async (name, options) => {
      await later(100)
      const existing = [...inbox.get().view.rooms.values()].find(({ room }) => room.slug === slugOf(name))
      if (existing !== undefined) return { isOk: false, error: new RoomNameTaken({ roomId: existing.room.id }) }
      if (slugOf(name) === "") return { isOk: false, error: new NameInvalid({ reason: "Empty" }) }
      const room = { ...roomNamed(slugOf(name)), name, isPrivate: options?.isPrivate ?? false }
      if (room.isPrivate) tellInbox({ _tag: "MembershipsChanged", memberships: [{ roomId: room.id, role: "owner" }] })
      tellInbox({ _tag: "RoomsListed", rooms: [{ room, lastMessage: 0 }] })
      return { isOk: true, value: room }
    },
    setStatus: (status) => tellInbox({ _tag: "StatusChosen", status }),
    setIdle: () => {},
    discard: (key) => {
      outbox.set(outbox.get().filter((entry) => entry.key !== key))
      return true
    },
    resend: (key) => key,
    flush: async () => {},
    close: async () => {}
  }
}
