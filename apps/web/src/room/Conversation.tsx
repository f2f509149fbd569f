import type { User } from "@messenger/protocol/Account"
import type { Message } from "@messenger/protocol/Message"
import { For, Show, createEffect, createMemo, createSignal, on } from "solid-js"
import type { JSX } from "solid-js"
import type { OpenRoom } from "../bridge/createRoom.ts"
import { fromReadable } from "../bridge/fromReadable.ts"
import { texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { createAttention } from "../ui/attention.ts"
import { dayOf } from "../ui/times.ts"
import { createToday } from "../ui/today.ts"
import type { Actions } from "./actions.ts"
import { Empty } from "./Empty.tsx"
import { MessageRow } from "./MessageRow.tsx"
import { NewestButton } from "./NewestButton.tsx"
import { Skeleton } from "./Skeleton.tsx"
import { createList, spaceAbove } from "./list.ts"
import { createReading } from "./reading.ts"
import { rowsOf } from "./rows.ts"
import type { Row } from "./rows.ts"
import { moveFocus } from "./walk.ts"

/** So many rows before the oldest one that is held, the page before it is asked for. */
const askWithin = 15

/** What is said in the room. */
export const Conversation = (props: {
  readonly me: User
  readonly room: OpenRoom
  readonly name: string
  readonly slug: string
  readonly marker: number | undefined
  /** Counts what was sent from here: after each the end comes into sight. */
  readonly sent: number
  /** How an empty room invites people; see there. */
  readonly invite: Parameters<typeof Empty>[0]["invite"]
  readonly actions: Actions
  /** The message whose box was opened from elsewhere, to be brought into sight. */
  readonly wanted: Message | undefined
}): JSX.Element => {
  const { messenger, current } = useShell()
  const { view, handle, isLoadingOlder } = props.room
  const outbox = fromReadable(messenger.outbox)
  const outgoing = createMemo(() => outbox().filter((entry) => entry.roomId === handle.roomId))
  const isHere = createMemo(() => view().cursor !== undefined)
  let scroller: HTMLElement | undefined

  // Two turns that need each other: the rows need where "New" is, and reading needs to know what is in sight.
  const [readUpTo, setReadUpTo] = createSignal(props.marker)
  const rowsAfter = (before: ReadonlyArray<Row>) =>
    rowsOf(
      { messages: view().messages, outgoing: outgoing(), me: props.me, current, readUpTo: readUpTo(), dayOf },
      new Map(before.map((row) => [row.key, row]))
    )
  const rows = createMemo<ReadonlyArray<Row>>((before) => (isHere() ? rowsAfter(before) : []), [])
  // What one writes while the room is on its way stands below its shape. The list begins with the room, and finds its place then.
  const early = createMemo<ReadonlyArray<Row>>((before) => (isHere() ? [] : rowsAfter(before)), [])
  const list = createList(rows, () => scroller)
  const newest = createMemo(() => view().messages.at(-1)?.number ?? 0)
  const line = createReading({
    marker: () => props.marker,
    newest,
    isAtEnd: list.isAtEnd,
    hasAttention: createAttention(),
    markRead: handle.markRead
  })
  createEffect(() => setReadUpTo(line()))
  createEffect(on(() => props.sent, list.toEnd, { defer: true }))
  createEffect(() => {
    if (isHere() && list.isPlaced() && view().hasOlder && list.firstIndex() < askWithin && !isLoadingOlder())
      void handle.loadOlder()
  })

  createEffect(
    on(
      () => props.wanted,
      (message) => {
        const row = rows().find(
          ({ content }) => content._tag === "Settled" && content.message.number === message?.number
        )
        if (row !== undefined) list.toRow(row.key)
      },
      { defer: true }
    )
  )

  // What has come since the end was last in sight.
  const [leftAt, setLeftAt] = createSignal(props.marker ?? 0)
  createEffect(() => {
    if (list.isAtEnd()) setLeftAt(newest())
  })
  const unseen = createMemo(() =>
    list.isAtEnd()
      ? 0
      : view().messages.filter(({ number, author }) => number > leftAt() && author.id !== props.me.id).length
  )
  const today = createToday()
  const isEmpty = () => isHere() && rows().length === 0
  return (
    <>
      {/* A part of the page that scrolls must be reachable with the Tab key, and its arrow keys walk. */}
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <section
        ref={(element) => (scroller = element)}
        class="log flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain outline-offset-[-2px]"
        tabindex={0}
        aria-label={texts.room.messages(props.name)}
        aria-busy={!isHere()}
        onScroll={() => list.onScroll()}
        onKeyDown={(event) => moveFocus(event)}
      >
        <Show
          when={isHere()}
          fallback={
            <>
              <Skeleton />
              <ul class="flex-none pb-3">
                <For each={early()}>
                  {(row, index) => (
                    <MessageRow row={row} index={index()} today={today()} measure={() => {}} actions={props.actions} />
                  )}
                </For>
              </ul>
            </>
          }
        >
          <Show when={!isEmpty()} fallback={<Empty name={props.name} slug={props.slug} invite={props.invite} />}>
            <div class="relative mt-auto flex-none" style={{ height: `${list.height()}px` }}>
              <div class="absolute inset-x-0 top-0 grid place-content-center" style={{ height: `${spaceAbove}px` }}>
                <Show
                  when={view().hasOlder}
                  fallback={<p class="px-5 text-center text-sm text-muted">{texts.room.beginning(props.name)}</p>}
                >
                  <Show when={isLoadingOlder()}>
                    <p class="skeleton text-sm text-muted">{texts.room.loadingOlder}</p>
                  </Show>
                </Show>
              </div>
              <ul class="absolute inset-x-0 top-0" style={{ transform: `translateY(${list.start()}px)` }}>
                <For each={list.keys()}>
                  {(key) => (
                    <Show when={list.rowOf(key)}>
                      {(row) => (
                        <MessageRow
                          row={row()}
                          index={list.indexOf(key)}
                          today={today()}
                          measure={list.measure}
                          actions={props.actions}
                        />
                      )}
                    </Show>
                  )}
                </For>
              </ul>
            </div>
          </Show>
        </Show>
      </section>
      <Show when={isHere() && list.isPlaced() && !list.isAtEnd()}>
        <NewestButton unseen={unseen()} onClick={list.toEnd} />
      </Show>
    </>
  )
}
