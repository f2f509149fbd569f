import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../presence/Avatar.tsx"
import { GuestMark } from "../presence/GuestMark.tsx"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import { clockTime, exactTime, gutterTime } from "../ui/times.ts"
import { bylineOf, spokenByline } from "./byline.ts"
import type { Row } from "./rows.ts"

/** Who wrote a message and when: in full where a group opens, else in its margin. The mark of a program stands in both: its word, and
 * in the margin its picture; a screen reader hears the word in both. */
export const Byline = (props: { readonly row: Row }): JSX.Element => {
  const byline = () => bylineOf(props.row.author, props.row.alias)
  return (
    <Show when={props.row.opensGroup} fallback={<InMargin row={props.row} via={byline().via} />}>
      <Show when={props.row.alias && props.row.author.isApp} fallback={<Avatar user={props.row.author} />}>
        <Avatar user={{ ...props.row.author, name: byline().name }} emoji={byline().emoji} isAlias />
      </Show>
      <p class="flex items-baseline gap-2">
        <span class="truncate font-semibold" dir="auto">
          {byline().name}
        </span>
        <GuestMark user={props.row.author} />
        <time
          class="shrink-0 text-xs text-muted tabular-nums"
          dateTime={new Date(props.row.at).toISOString()}
          title={exactTime(props.row.at)}
        >
          {clockTime(props.row.at)}
        </time>
        <Show when={byline().via}>
          {(via) => (
            <span class="message-via" dir="auto">
              {texts.room.via(via())}
            </span>
          )}
        </Show>
      </p>
    </Show>
  )
}

const InMargin = (props: { readonly row: Row; readonly via: string | undefined }): JSX.Element => {
  const tip = () =>
    [texts.room.app, props.via === undefined ? undefined : texts.room.via(props.via), clockTime(props.row.at)]
      .filter((part) => part !== undefined)
      .join(", ")
  return (
    <>
      <Show
        when={props.row.author.isApp}
        fallback={
          <time class="message-at" dateTime={new Date(props.row.at).toISOString()} title={exactTime(props.row.at)}>
            {gutterTime(props.row.at)}
          </time>
        }
      >
        <span class="message-mark" aria-hidden="true" data-tip={tip()} data-tip-side="start">
          <Icon name="app" size={14} />
        </span>
      </Show>
      <span class="sr-only" dir="auto">{`${spokenByline(props.row.author, props.row.alias)}: `}</span>
    </>
  )
}
