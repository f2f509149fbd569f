import * as Dialog from "@kobalte/core/dialog"
import type { CreateRoomError } from "@messenger/client/Messenger"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { Show, createSignal, createUniqueId } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import { useShell } from "../ui/Shell.ts"
import { createFocusReturn, focusRoom } from "../ui/focusReturn.ts"

/** Makes a public room. */
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
            <Dialog.Description class="mt-0.5 text-normal">{texts.rooms.createHint}</Dialog.Description>
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
    const outcome = await messenger.createRoom(name())
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
        {texts.rooms.createLabel}
      </label>
      <input
        ref={(element) => (field = element)}
        id={fieldId}
        class="field"
        autocomplete="off"
        enterkeyhint="done"
        dir="auto"
        maxlength={400}
        placeholder={texts.rooms.createPlaceholder}
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
              {texts.rooms.openExisting}
            </button>
          )}
        </Show>
      </div>
      <div class="flex justify-end gap-2">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          {texts.cancel}
        </button>
        <button type="submit" class="button button-primary" aria-disabled={isBusy()}>
          {texts.rooms.createSubmit}
        </button>
      </div>
    </form>
  )
}
