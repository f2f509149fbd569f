// What can be done with one row of a list, behind a button at its end.
import * as Menu from "@kobalte/core/dropdown-menu"
import { For, Show } from "solid-js"
import type { JSX } from "solid-js"
import { Icon } from "./Icon.tsx"

/**
 * The button and its menu. The menu is drawn at the end of the dialog, or the page, that the row is in: no list clips it there,
 * and what the dialog hides from a screen reader is everything outside of itself.
 */
export const RowMenu = (props: {
  readonly label: string
  readonly ref?: (button: HTMLElement) => void
  readonly children: JSX.Element
}): JSX.Element => {
  let button: HTMLElement | undefined
  return (
    <Menu.Root placement="bottom-end" gutter={4} modal={false}>
      <Menu.Trigger
        ref={(element) => {
          button = element
          props.ref?.(element)
        }}
        class="icon-button"
        aria-label={props.label}
      >
        <Icon name="dots" />
      </Menu.Trigger>
      <Menu.Portal mount={button?.closest("[role=dialog], main") ?? document.body}>
        <Menu.Content class="floating z-50 min-w-52 rounded-lg border border-line bg-raised p-1.5 shadow-floating outline-none">
          {props.children}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}

/** One thing that can be done. */
export const RowMenuItem = (props: {
  readonly isDangerous?: boolean
  readonly onSelect: () => void
  readonly children: JSX.Element
}): JSX.Element => (
  <Menu.Item
    class="row-button outline-none data-highlighted:bg-hover"
    classList={{ "text-danger": props.isDangerous === true }}
    onSelect={() => props.onSelect()}
  >
    {props.children}
  </Menu.Item>
)

/** One of several. */
export const RowMenuChoice = <Value extends string>(props: {
  readonly label: string
  readonly value: Value
  readonly choices: ReadonlyArray<readonly [Value, string]>
  readonly onChoose: (value: Value) => void
}): JSX.Element => (
  <Menu.RadioGroup
    value={props.value}
    onChange={(chosen) => {
      const found = props.choices.find(([value]) => value === chosen)
      if (found !== undefined && found[0] !== props.value) props.onChoose(found[0])
    }}
  >
    <Menu.GroupLabel class="px-2 pt-1 pb-1 text-xs font-[550] text-muted">{props.label}</Menu.GroupLabel>
    <For each={props.choices}>
      {([value, name]) => (
        <Menu.RadioItem value={value} class="row-button outline-none data-highlighted:bg-hover" closeOnSelect>
          <span class="grow">{name}</span>
          <Show when={value === props.value}>
            <span class="text-accent">
              <Icon name="check" size={16} />
            </span>
          </Show>
        </Menu.RadioItem>
      )}
    </For>
  </Menu.RadioGroup>
)

/** A line between two groups of a menu. */
export const RowMenuSeparator = (): JSX.Element => <Menu.Separator class="mx-2 my-1.5 border-line" />
