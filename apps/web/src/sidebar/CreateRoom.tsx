import * as Dialog from "@kobalte/core/dialog"
import * as Switch from "@kobalte/core/switch"
import type { CreateRoomError } from "@messenger/client/Messenger"
import { may } from "@messenger/protocol/Rights"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { Show, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { fromReadable } from "../bridge/fromReadable.ts"
import { useShell } from "../ui/Shell.ts"
import { createFocusReturn, focusRoom } from "../ui/focusReturn.ts"
import { words } from "./words.ts"

/** Makes a room, public or private. */
export const CreateRoom = (props: {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onMade: (room: Room) => void
  readonly onOpenExisting: (roomId: RoomId) => void
}): JSX.Element => {
  const returnFocus = createFocusReturn(() => props.isOpen)
  let hasGone = false
  const gone = (go: () => void) => {
    hasGone = true
    go()
  }
  return (
    <Dialog.Root open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade fixed inset-0 z-30 bg-shade" />
        <div class="pointer-events-none fixed inset-0 z-40 grid justify-items-center p-4 pt-[12vh] two:pt-[20vh]">
          <Dialog.Content
            class="floating pointer-events-auto h-fit w-full max-w-105 rounded-xl border border-line bg-canvas p-6 shadow-floating outline-none"
            onCloseAutoFocus={(event) => {
              if (hasGone) {
                event.preventDefault()
                focusRoom()
              }
              hasGone = false
              returnFocus(event)
            }}
          >
            <Dialog.Title class="text-lg font-[650] tracking-[-0.015em]">{texts.rooms.create}</Dialog.Title>
            <NameOfRoom
              onCancel={props.onClose}
              onMade={(room) => gone(() => props.onMade(room))}
              onOpenExisting={(roomId) => gone(() => props.onOpenExisting(roomId))}
            />
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const NameOfRoom = (props: {
  readonly onCancel: () => void
  readonly onMade: (room: Room) => void
  readonly onOpenExisting: (roomId: RoomId) => void
}): JSX.Element => {
  const { messenger } = useShell()
  const [name, setName] = createSignal("")
  const [error, setError] = createSignal<CreateRoomError>()
  const [isBusy, setBusy] = createSignal(false)
  const [isPrivate, setPrivate] = createSignal(false)
  const identity = fromReadable(messenger.identity)
  const mayBePrivate = () => {
    const known = identity()
    return known._tag === "Known" && may("rooms.createPrivate", { role: known.role, scope: null })
  }
  const fieldId = createUniqueId()
  const errorId = createUniqueId()
  let field: HTMLInputElement | undefined
  const existing = () => {
    const refusal = error()
    return refusal?._tag === "RoomNameTaken" ? refusal.roomId : undefined
  }
  const create = async (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy()) return
    setBusy(true)
    const outcome = await messenger.createRoom(name(), { isPrivate: isPrivate() })
    setBusy(false)
    if (outcome.isOk) {
      props.onMade(outcome.value)
      return
    }
    setError(outcome.error)
    field?.focus()
  }
  return (
    <form onSubmit={(event) => void create(event)} novalidate>
      <label class="mt-5 mb-1.5 block text-sm font-[550]" for={fieldId}>
        {words.label}
      </label>
      <input
        ref={(element) => (field = element)}
        id={fieldId}
        class="field"
        autocomplete="off"
        enterkeyhint="done"
        dir="auto"
        maxlength={400}
        placeholder={words.placeholder}
        value={name()}
        onInput={(event) => {
          setName(event.currentTarget.value)
          setError(undefined)
        }}
        aria-invalid={error() !== undefined}
        aria-describedby={errorId}
      />
      <div class="flex min-h-11 flex-wrap items-baseline content-start gap-x-2 pt-1.5 text-sm text-danger">
        <p id={errorId} role="alert">
          <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
        </p>
        <Show when={existing()}>
          {(roomId) => (
            <button
              type="button"
              class="shrink-0 font-[550] text-accent hover:underline"
              onClick={() => props.onOpenExisting(roomId())}
            >
              {words.openExisting}
            </button>
          )}
        </Show>
      </div>
      <Switch.Root
        class="mb-5 flex items-start gap-3"
        checked={isPrivate()}
        onChange={setPrivate}
        disabled={!mayBePrivate()}
      >
        <div class="min-w-0 grow">
          <Switch.Label class="font-[550]">{words.private}</Switch.Label>
          <Switch.Description class="text-sm text-pretty text-normal">
            {!mayBePrivate() ? words.guestHint : isPrivate() ? words.privateHint : words.publicHint}
          </Switch.Description>
        </div>
        <Switch.Input />
        <Switch.Control class="switch">
          <Switch.Thumb class="switch-thumb" />
        </Switch.Control>
      </Switch.Root>
      <div class="flex justify-end gap-2">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          {texts.cancel}
        </button>
        <button type="submit" class="button button-primary" aria-disabled={isBusy()}>
          {words.submit}
        </button>
      </div>
    </form>
  )
}
