import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Icon } from "../ui/Icon.tsx"
import type { Layout } from "../ui/layout.ts"
import { RoomSign } from "./RoomSign.tsx"
import { Invite } from "./Invite.tsx"

/** The name of the room and what can be done with all of it. */
export const Header = (props: {
  readonly name: string
  readonly slug: string
  readonly topic: string
  readonly isPrivate: boolean
  readonly presentCount: number
  readonly layout: Layout
  /** Opens who belongs to the room and what they are in it, where the reader may see to that. */
  readonly onMembers: (() => void) | undefined
  /** Opens what posts into the room from outside and what is told of it, where the reader may see to that. */
  readonly onIntegrations: (() => void) | undefined
}): JSX.Element => (
  <header class="flex flex-none items-center gap-1 border-b border-line ps-2 pe-3 pt-[env(safe-area-inset-top)] two:ps-4">
    <Show when={!props.layout.rooms.isColumn()}>
      <button
        type="button"
        class="icon-button two:-ms-2"
        aria-label={props.layout.rooms.fits() ? texts.rooms.expand : texts.rooms.open}
        data-tip={props.layout.rooms.fits() ? texts.rooms.expand : texts.rooms.open}
        data-tip-side="start"
        onClick={() => props.layout.rooms.toggle()}
      >
        <Icon name={props.layout.rooms.fits() ? "panel" : "menu"} />
      </button>
    </Show>
    <div class="flex h-14 min-w-0 flex-1 items-center gap-2.5 ps-1 two:ps-0">
      <h1
        tabindex={-1}
        class="flex max-w-full shrink-0 items-baseline gap-1 truncate font-[620] tracking-[-0.01em] outline-none"
      >
        <span class="self-center font-normal text-muted">
          <RoomSign isPrivate={props.isPrivate} size={15} />
        </span>
        <span class="truncate" dir="auto">
          {props.name}
        </span>
      </h1>
      <Show when={props.topic}>
        {(topic) => (
          <p class="hidden min-w-0 truncate text-sm text-muted two:block" dir="auto">
            {topic()}
          </p>
        )}
      </Show>
    </div>
    <Show when={!props.isPrivate}>
      <Invite slug={props.slug} isCompact />
    </Show>
    <Show when={props.onMembers}>
      {(open) => (
        <button
          type="button"
          class="icon-button w-auto! min-w-8.5 grid-flow-col gap-1.5 px-2 pointer-coarse:min-w-11"
          aria-haspopup="dialog"
          aria-label={props.isPrivate ? undefined : texts.room.roles}
          data-tip={props.isPrivate ? undefined : texts.room.roles}
          onClick={() => open()()}
        >
          <Icon name="tune" />
          <Show when={props.isPrivate}>
            <span class="sr-only text-sm font-[550] whitespace-nowrap two:not-sr-only">{texts.room.members}</span>
          </Show>
        </button>
      )}
    </Show>
    <Show when={props.onIntegrations}>
      {(open) => (
        <button
          type="button"
          class="icon-button"
          aria-haspopup="dialog"
          aria-label={texts.room.integrations}
          data-tip={texts.room.integrations}
          onClick={() => open()()}
        >
          <Icon name="plug" />
        </button>
      )}
    </Show>
    <button
      type="button"
      class="icon-button w-auto! min-w-8.5 grid-flow-col gap-1.5 px-2 pointer-coarse:min-w-11"
      aria-label={texts.people.open(props.presentCount)}
      aria-expanded={props.layout.people.fits() ? props.layout.people.isColumn() : undefined}
      aria-haspopup={props.layout.people.fits() ? undefined : "dialog"}
      data-tip={texts.people.title}
      onClick={() => props.layout.people.toggle()}
    >
      <Icon name="people" />
      <Show when={props.presentCount > 0}>
        <span class="text-sm font-[550] tabular-nums">{props.presentCount.toLocaleString("en")}</span>
      </Show>
    </button>
  </header>
)
